/* A guest at EL1: it tries everything by which it meets its manager and the kernel, and tells the manager of each check. Position-independent, without data of its own beside
   struct data, which lies at a fixed place of its memory, and without string constants. */

#include <stdint.h>
#include "guest.h"

#define GUEST __attribute__((section("guest"), noinline, used))

#define MMU_BLOCK 0x40000000UL
#define BREAKPOINT_CLASS 0x3c
#define IRQ_AT_SAME_LEVEL 5
#define SYNCHRONOUS_AT_SAME_LEVEL 4
#define INTERRUPTS 6
#define TIMER_ROUNDS 3
#define SPIN_ROUNDS 200000
#define BATCHES 20

struct data {
    volatile uint64_t exceptions;
    volatile uint64_t interrupts;
    volatile uint64_t seen;
    volatile uint64_t timer_interrupts;
    volatile uint64_t active_answer;
    uint64_t gic_version;
};

#define READ(name) ({ uint64_t value_; __asm__ volatile("mrs %0, " name : "=r"(value_) : : "memory"); value_; })
#define WRITE(name, value) __asm__ volatile("msr " name ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")

static inline struct data *data(void)
{
    return (struct data *)GUEST_DATA;
}

static inline void device_write(uint64_t offset, uint64_t value)
{
    *(volatile uint64_t *)(DEVICE + offset) = value;
}

static inline uint64_t device_read(uint64_t offset)
{
    return *(volatile uint64_t *)(DEVICE + offset);
}

static inline void check(uint64_t number, int passed)
{
    device_write(DEVICE_CHECK, number << 1 | (passed != 0));
}

static inline uint32_t acknowledge(void)
{
    return data()->gic_version == 3 ? (uint32_t)READ("S3_0_C12_C12_0") : *(volatile uint32_t *)(GUEST_GIC_CPU + 0x0c);
}

static inline void end(uint32_t interrupt)
{
    if (data()->gic_version == 3) {
        WRITE("S3_0_C12_C12_1", interrupt);
    } else {
        *(volatile uint32_t *)(GUEST_GIC_CPU + 0x10) = interrupt;
    }
}

static inline void start_interrupts(void)
{
    if (data()->gic_version == 3) {
        WRITE("S3_0_C12_C12_5", 7);
        WRITE("S3_0_C4_C6_0", 0xf8);
        WRITE("S3_0_C12_C12_7", 1);
    } else {
        *(volatile uint32_t *)(GUEST_GIC_CPU + 0x04) = 0xf8;
        *(volatile uint32_t *)(GUEST_GIC_CPU + 0x00) = 1;
    }

    __asm__ volatile("msr daifclr, #2" : : : "memory");
}

/* Called by the vectors with the number of the vector. */
GUEST void guest_exception(uint64_t kind)
{
    struct data *d = data();
    if (kind == SYNCHRONOUS_AT_SAME_LEVEL && READ("esr_el1") >> 26 == BREAKPOINT_CLASS) {
        d->exceptions++;
        WRITE("elr_el1", READ("elr_el1") + 4);
        return;
    }

    if (kind != IRQ_AT_SAME_LEVEL) {
        check(99, 0);
        device_write(DEVICE_STOP, 0);
    }

    uint32_t interrupt = acknowledge();
    if (interrupt == TIMER_IRQ) {
        d->timer_interrupts++;
        WRITE("cntv_ctl_el0", 0);
    } else {
        if (d->interrupts == 0) {
            d->active_answer = device_read(DEVICE_ACTIVE);
        }

        d->interrupts++;
        d->seen |= 1UL << (interrupt & 63);
    }

    end(interrupt);
}

static inline void wait_until(volatile uint64_t *counter, uint64_t value)
{
    __asm__ volatile("msr daifset, #2" : : : "memory");
    while (*counter < value) {
        __asm__ volatile("wfi\n\tmsr daifclr, #2\n\tisb\n\tmsr daifset, #2" : : : "memory");
    }

    __asm__ volatile("msr daifclr, #2" : : : "memory");
}

static inline uint64_t hypercall(uint64_t number, uint64_t argument)
{
    register uint64_t x0 __asm__("x0") = argument;
    register uint64_t x7 __asm__("x7") = number;
    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x7) : : "x1", "x2", "x3", "x4", "x5", "x6", "memory");
    return x0;
}

static inline uint64_t monitor_call(uint64_t function)
{
    register uint64_t x0 __asm__("x0") = function;
    __asm__ volatile("smc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
    return x0;
}

GUEST static void check_exits(void)
{
    check(1, device_read(DEVICE_MAGIC) == MAGIC);
    check(2, *(volatile uint8_t *)(DEVICE + DEVICE_MAGIC) == (MAGIC & 0xff) && *(volatile uint32_t *)(DEVICE + DEVICE_MAGIC) == (MAGIC & 0xffffffff));
    check(3, hypercall(HYPERCALL_NUMBER, 7) == HYPERCALL_ANSWER);
    check(4, monitor_call(MONITOR_CALL) == MONITOR_ANSWER);
    check(5, READ("cntp_ctl_el0") == TRAPPED_REGISTER_VALUE);

    /* The CPU's debug and performance registers are not the guest's: they read as zero. */
    WRITE("mdscr_el1", 1 << 15);
    WRITE("dbgbvr0_el1", 0x40000000);
    WRITE("pmcr_el0", 1);
    check(6, READ("mdscr_el1") == 0 && READ("dbgbvr0_el1") == 0 && READ("pmcr_el0") == 0);
    __asm__ volatile("brk #1" : : : "memory");
    check(7, data()->exceptions == 1);

    /* The kernel's own system calls are there, but a guest has no caps: an empty slot answers a Call with InvalidCapability. */
    register uint64_t x0 __asm__("x0") = 1;
    register uint64_t x1 __asm__("x1") = 0;
    register uint64_t x7 __asm__("x7") = (uint64_t)-1;
    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x7) : : "x2", "x3", "x4", "x5", "x6", "memory");
    check(8, x1 >> 12 == 2);
}

/* Longer than a turn: others run meanwhile. */
static inline void spin(void)
{
    for (volatile uint64_t i = 0; i < SPIN_ROUNDS; i++) {
    }
}

/* Its registers while others run: another guest, the managers. */
GUEST static void check_registers(void)
{
    uint64_t mine = READ("mpidr_el1") ^ device_read(DEVICE_MAGIC) ^ READ("cntvct_el0");
    uint64_t vectors = READ("vbar_el1");
    WRITE("cpacr_el1", 3 << 20);
    WRITE("tpidr_el1", mine);
    WRITE("tpidrro_el0", mine + 1);
    WRITE("tpidr_el0", mine + 2);
    WRITE("contextidr_el1", (uint32_t)mine);
    WRITE("par_el1", mine & 0xfffff000);
    __asm__ volatile(".arch_extension fp\n\tfmov d8, %0\n\tfmov d31, %0" : : "r"(mine));
    spin();

    uint64_t low;
    uint64_t high;
    device_write(DEVICE_ROUND, 0);
    __asm__ volatile(".arch_extension fp\n\tfmov %0, d8\n\tfmov %1, d31" : "=r"(low), "=r"(high));
    check(10, low == mine && high == mine);
    check(11, READ("tpidr_el1") == mine && READ("tpidrro_el0") == mine + 1 && READ("tpidr_el0") == mine + 2);
    check(12, READ("vbar_el1") == vectors && READ("contextidr_el1") == (uint32_t)mine && (READ("par_el1") & 0xfffff000) == (mine & 0xfffff000));
}

/* Identity: the first gigabyte device memory, the second normal. 39 bits of addresses. */
GUEST static void check_translation(void)
{
    volatile uint64_t *table = (volatile uint64_t *)GUEST_TABLES;
    table[0] = 0x1 | 1 << 10;
    table[1] = MMU_BLOCK | 0x1 | 1 << 10 | 3 << 8 | 1 << 2;
    WRITE("mair_el1", 0xff00);
    WRITE("tcr_el1", 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2UL << 32);
    WRITE("ttbr0_el1", GUEST_TABLES);
    __asm__ volatile("dsb sy\n\ttlbi vmalle1\n\tdsb sy\n\tisb" : : : "memory");
    WRITE("sctlr_el1", READ("sctlr_el1") | 1 | 1 << 2 | 1 << 12);
    check(20, (READ("sctlr_el1") & 1) == 1 && device_read(DEVICE_MAGIC) == MAGIC);
    *(volatile uint64_t *)(GUEST_CONSTANTS + 0x18) = 1;
    check(21, *(volatile uint64_t *)(GUEST_CONSTANTS + 0x18) == 0);
}

GUEST static void check_interrupts(void)
{
    struct data *d = data();
    start_interrupts();

    /* What is pending stays pending, and this guest's, while others run. */
    __asm__ volatile("msr daifset, #2" : : : "memory");
    device_write(DEVICE_INJECT, INTERRUPTS);
    spin();
    check(29, d->interrupts == 0);
    wait_until(&d->interrupts, INTERRUPTS);
    check(30, d->interrupts == INTERRUPTS && d->seen == ((1UL << INTERRUPTS) - 1) << FIRST_IRQ);
    check(31, d->active_answer == DELETE_FIRST);
    for (uint64_t round = 1; round <= TIMER_ROUNDS; round++) {
        uint64_t deadline = READ("cntvct_el0") + READ("cntfrq_el0") / 1000;
        WRITE("cntv_cval_el0", deadline);
        WRITE("cntv_ctl_el0", 1);
        wait_until(&d->timer_interrupts, round);
        check(32, d->timer_interrupts == round && READ("cntvct_el0") >= deadline);
    }
}

/* The fewest ticks of ROUNDS exits: others run in between at times. */
GUEST static void measure(uint64_t cost_register)
{
    uint64_t best = ~0UL;
    for (int batch = 0; batch < BATCHES; batch++) {
        __asm__ volatile("isb" : : : "memory");
        uint64_t start = READ("cntvct_el0");
        for (int i = 0; i < ROUNDS; i++) {
            if (cost_register == DEVICE_STORE_COST) {
                device_write(DEVICE_ROUND, 0);
            } else {
                hypercall(HYPERCALL_NUMBER, 7);
            }
        }

        uint64_t ticks = READ("cntvct_el0") - start;
        best = ticks < best ? ticks : best;
    }

    device_write(cost_register, best);
}

GUEST void guest_main(uint64_t run)
{
    struct data *d = data();
    if (run == 0) {
        d->exceptions = 0;
        d->interrupts = 0;
        d->seen = 0;
        d->timer_interrupts = 0;
        d->gic_version = device_read(DEVICE_GIC_VERSION);
        device_write(DEVICE_PUT_CHARACTER, '!');
        check_exits();
        measure(DEVICE_STORE_COST);
        measure(DEVICE_CALL_COST);
        check_registers();
        check_translation();
        check_interrupts();
        check_registers();
        WRITE("tpidr_el1", STOPPED_VALUE);
        device_write(DEVICE_STOP, 1);
    }

    /* The manager has written the register meanwhile. */
    check(40, READ("tpidr_el1") == STOPPED_VALUE + 1 && d->interrupts == INTERRUPTS);
    *(volatile uint64_t *)WILD_STORE = 1;
    ((void (*)(void))WILD_JUMP)();
}
