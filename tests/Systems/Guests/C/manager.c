/* The manager of a virtual machine, by libmicrokit's calls: it copies the guest to where it runs, emulates a device, answers calls, gives interrupts, and judges. */

#include <microkit.h>
#include "guest.h"

#define CPU 0
#define LIST_REGISTERS 4

/* seL4_VCPUReg. */
#define VCPU_SCTLR 0
#define VCPU_TPIDR_EL1 15
#define VCPU_COUNT 24

#define EL1H_MASKED 0x3c5

extern char __start_guest[];
extern char __stop_guest[];

/* Filled by the description. */
seL4_Word own_ram_vaddr;
seL4_Word other_ram_vaddr;
seL4_Word gic_version;

static unsigned int passed;
static unsigned int failed;
static seL4_Word free_lists = (1 << LIST_REGISTERS) - 1;
static seL4_Word in_list[LIST_REGISTERS];
static seL4_Word next_irq;
static seL4_Word last_irq;
static seL4_Word timer_waits;
static seL4_Word maintained;
static seL4_Word rounds;

static void say_hex(seL4_Word value)
{
    for (int shift = 60; shift >= 0; shift -= 4) {
        microkit_dbg_putc("0123456789abcdef"[value >> shift & 15]);
    }
}

static void check(int holds, unsigned int number)
{
    passed += holds != 0;
    failed += holds == 0;
    if (!holds) {
        microkit_dbg_puts("manager: FAILED: check ");
        microkit_dbg_put32(number);
        microkit_dbg_puts("\n");
    }
}

static void copy_guest(seL4_Word ram)
{
    volatile char *to = (volatile char *)ram;
    for (char *from = __start_guest; from < __stop_guest; from++) {
        *to++ = *from;
    }

    /* A guest without MMU reads memory, not caches. */
    for (seL4_Word line = ram; line < ram + (seL4_Word)(__stop_guest - __start_guest); line += 64) {
        __asm__ volatile("dc civac, %0" : : "r"(line) : "memory");
    }

    __asm__ volatile("dsb sy" : : : "memory");
}

static void inject(seL4_Word irq)
{
    int index = __builtin_ctzl(free_lists);
    free_lists &= free_lists - 1;
    in_list[index] = irq;
    microkit_vcpu_arm_inject_irq(CPU, (seL4_Uint16)irq, VIRTUAL_PRIORITY, gic_version == 3, (seL4_Uint8)index);
}

static void inject_waiting(void)
{
    if (timer_waits && free_lists != 0) {
        timer_waits = 0;
        inject(TIMER_IRQ);
    }

    while (next_irq < last_irq && free_lists != 0) {
        inject(next_irq++);
    }
}

/* What the kernel says to wrong calls. */
static void check_errors(void)
{
    seL4_ARM_VCPU cap = BASE_VCPU_CAP + CPU;
    seL4_Word label = pride_labels.vcpu_set_tcb;
    check(seL4_ARM_VCPU_InjectIRQ(cap, 1024, 0, 0, 0) == seL4_RangeError && seL4_GetMR(1) == 1023, 100);
    check(seL4_ARM_VCPU_InjectIRQ(cap, 40, 32, 0, 0) == seL4_RangeError && seL4_GetMR(1) == 31, 101);
    check(seL4_ARM_VCPU_InjectIRQ(cap, 40, 0, 2, 0) == seL4_RangeError && seL4_GetMR(1) == 1, 102);
    check(seL4_ARM_VCPU_InjectIRQ(cap, 40, 0, 0, LIST_REGISTERS) == seL4_RangeError && seL4_GetMR(1) == LIST_REGISTERS - 1, 103);
    check(seL4_ARM_VCPU_ReadRegs(cap, VCPU_COUNT).error == seL4_InvalidArgument && seL4_GetMR(0) == 1, 104);
    check(seL4_ARM_VCPU_WriteRegs(cap, VCPU_COUNT, 0) == seL4_InvalidArgument, 105);
    check(seL4_ARM_VCPU_AckVPPI(cap, 28) == seL4_InvalidArgument && seL4_GetMR(0) == 0, 106);
    check(seL4_ARM_VCPU_AckVPPI(cap, 5000) == seL4_RangeError, 107);
    check(pride_invoke(cap, label + 1, 0) == seL4_TruncatedMessage && pride_invoke(cap, label + 2, 0) == seL4_TruncatedMessage, 108);
    check(pride_invoke(cap, label, 0) == seL4_TruncatedMessage && pride_invoke_with_cap(cap, label, cap) == seL4_IllegalOperation, 109);
    check(pride_invoke_with_cap(cap, label, BASE_VM_TCB_CAP + CPU) == seL4_NoError, 110);
    check(pride_invoke(cap, label + 5, 0) == seL4_IllegalOperation, 111);
    check(seL4_ARM_VCPU_ReadRegs(cap, VCPU_SCTLR).value == 0x34d58820, 112);
}

void init(void)
{
    copy_guest(own_ram_vaddr);
    copy_guest(other_ram_vaddr);
    check_errors();
    seL4_UserContext context = { .pc = GUEST_RAM + FIRST_ENTRY, .spsr = EL1H_MASKED };
    check(seL4_TCB_WriteRegisters(BASE_VM_TCB_CAP + CPU, seL4_False, 0, sizeof(context) / sizeof(seL4_Word), &context) == seL4_NoError, 113);
    microkit_vcpu_restart(CPU, context.pc);
    microkit_notify(1);
}

void notified(microkit_channel ch)
{
    (void)ch;
}

/* The register that a load or store names, in the order of seL4_UserContext; 31 is the zero register. */
static seL4_Word *operand(seL4_UserContext *context, seL4_Word number)
{
    static const unsigned char place[31] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 17, 18, 19, 20, 21, 22, 23, 12, 13, 14, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 15, 16 };
    static seL4_Word zero;
    zero = 0;
    return number == 31 ? &zero : &((seL4_Word *)context)[place[number]];
}

static seL4_UserContext read_context(void)
{
    seL4_UserContext context = { 0 };
    microkit_internal_check(seL4_TCB_ReadRegisters(BASE_VM_TCB_CAP + CPU, seL4_False, 0, sizeof(context) / sizeof(seL4_Word), &context), "ReadRegisters");
    return context;
}

static void write_context(seL4_UserContext *context)
{
    microkit_internal_check(seL4_TCB_WriteRegisters(BASE_VM_TCB_CAP + CPU, seL4_False, 0, sizeof(*context) / sizeof(seL4_Word), context), "WriteRegisters");
}

/* Tells how the guest was when it was stopped, and starts it a second time. */
static void stop_and_start(void)
{
    microkit_vcpu_stop(CPU);
    check(microkit_vcpu_arm_read_reg(CPU, VCPU_TPIDR_EL1) == STOPPED_VALUE, 120);
    check((microkit_vcpu_arm_read_reg(CPU, VCPU_SCTLR) & 1) == 1, 121);
    microkit_vcpu_arm_write_reg(CPU, VCPU_TPIDR_EL1, STOPPED_VALUE + 1);
    seL4_UserContext context = read_context();
    check((context.spsr & 0x1f) == 5 && context.pc >= GUEST_RAM && context.pc < GUEST_RAM + 0x4000, 122);
    microkit_vcpu_restart(CPU, GUEST_RAM + SECOND_ENTRY);
}

static seL4_Word device_value(seL4_Word offset)
{
    switch (offset) {
    case DEVICE_MAGIC:
        return MAGIC;
    case DEVICE_GIC_VERSION:
        return gic_version;
    case DEVICE_ACTIVE:
        return (seL4_Word)seL4_ARM_VCPU_InjectIRQ(BASE_VCPU_CAP + CPU, 50, 0, 0, 0);
    default:
        return 0;
    }
}

/* Nanoseconds are instructions when QEMU counts them (-icount shift=0). */
static void report_cost(const char *what, seL4_Word ticks)
{
    seL4_Word frequency;
    __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
    microkit_dbg_puts("manager: a ");
    microkit_dbg_puts(what);
    microkit_dbg_puts(" and back takes ");
    microkit_dbg_put32((seL4_Uint32)(ticks * 1000000000 / frequency / ROUNDS));
    microkit_dbg_puts(" ns\n");
}

/* False: the guest has been stopped. */
static seL4_Bool device_write(seL4_Word offset, seL4_Word value)
{
    switch (offset) {
    case DEVICE_PUT_CHARACTER:
        microkit_dbg_puts("manager: the guest says ");
        microkit_dbg_putc((int)value);
        microkit_dbg_puts("\n");
        return seL4_True;
    case DEVICE_CHECK:
        check(value & 1, (unsigned int)(value >> 1));
        return seL4_True;
    case DEVICE_STORE_COST:
        report_cost("device store", value);
        return seL4_True;
    case DEVICE_CALL_COST:
        report_cost("hypervisor call", value);
        return seL4_True;
    case DEVICE_INJECT:
        next_irq = FIRST_IRQ;
        last_irq = FIRST_IRQ + value;
        inject_waiting();
        return seL4_True;
    case DEVICE_STOP:
        stop_and_start();
        return seL4_False;
    default:
        rounds++;
        return seL4_True;
    }
}

static void report_wild(seL4_Word address, const char *what)
{
    microkit_dbg_puts("manager: the guest went wild at 0x");
    say_hex(address);
    microkit_dbg_puts(what);
}

static seL4_Bool memory_fault(void)
{
    seL4_Word address = seL4_GetMR(seL4_VMFault_Addr);
    seL4_Word status = seL4_GetMR(seL4_VMFault_FSR);
    seL4_Bool is_store = (status >> 6 & 1) != 0;
    if (seL4_GetMR(seL4_VMFault_PrefetchFault)) {
        check(address == WILD_JUMP, 130);
        report_wild(address, ", an instruction\n");
        microkit_dbg_puts(failed == 0 ? "manager: all " : "manager: not all ");
        microkit_dbg_put32(passed + failed);
        microkit_dbg_puts(" checks passed, maintenance ");
        microkit_dbg_put32((seL4_Uint32)maintained);
        microkit_dbg_puts("\n");
        return seL4_False;
    }

    seL4_UserContext context = read_context();
    seL4_Word *value = operand(&context, status >> 16 & 31);
    if (address == WILD_STORE) {
        report_wild(address, "\n");
    } else if (address == GUEST_CONSTANTS + 0x18) {
        check(is_store && (status & 0x3c) == 0x0c, 131);
    } else if (address < DEVICE || address >= DEVICE + 0x1000) {
        check(0, 132);
        report_wild(address, "\n");
        return seL4_False;
    } else if (is_store) {
        if (!device_write(address - DEVICE, *value)) {
            return seL4_False;
        }
    } else {
        seL4_Word bits = 8UL << (status >> 22 & 3);
        *value = device_value(address - DEVICE) & (bits == 64 ? ~0UL : (1UL << bits) - 1);
    }

    context.pc += 4;
    write_context(&context);
    return seL4_True;
}

static seL4_Bool trapped(void)
{
    seL4_Word syndrome = seL4_GetMR(0);
    seL4_UserContext context = read_context();
    switch (syndrome >> 26) {
    case 0x17:
        context.x0 = context.x0 == MONITOR_CALL ? MONITOR_ANSWER : ~0UL;
        break;
    case 0x18:
        *operand(&context, syndrome >> 5 & 31) = TRAPPED_REGISTER_VALUE;
        break;
    default:
        microkit_dbg_puts("manager: FAILED: an unknown trap, syndrome 0x");
        say_hex(syndrome);
        microkit_dbg_puts("\n");
        return seL4_False;
    }

    context.pc += 4;
    write_context(&context);
    return seL4_True;
}

static void end_of_interrupt(void)
{
    seL4_Word index = seL4_GetMR(0);
    maintained++;
    if (index < LIST_REGISTERS) {
        free_lists |= 1UL << index;
        if (in_list[index] == TIMER_IRQ) {
            microkit_vcpu_arm_ack_vppi(CPU, TIMER_IRQ);
        }
    }

    inject_waiting();
}

seL4_Bool fault(microkit_child child, microkit_msginfo msginfo, microkit_msginfo *reply_msginfo)
{
    *reply_msginfo = microkit_msginfo_new(0, 0);
    if (child != CPU) {
        check(0, 140);
        return seL4_False;
    }

    switch (microkit_msginfo_get_label(msginfo)) {
    case seL4_Fault_VMFault:
        return memory_fault();
    case seL4_Fault_VCPUFault:
        return trapped();
    case seL4_Fault_VGICMaintenance:
        end_of_interrupt();
        return seL4_True;
    case seL4_Fault_VPPIEvent:
        check(seL4_GetMR(0) == TIMER_IRQ, 141);
        timer_waits = 1;
        inject_waiting();
        return seL4_True;
    case seL4_Fault_UnknownSyscall:
        if (seL4_GetMR(12) != HYPERCALL_NUMBER || seL4_GetMR(0) != 7) {
            check(0, 142);
        }

        seL4_SetMR(8, seL4_GetMR(8) + 4);
        seL4_SetMR(0, HYPERCALL_ANSWER);
        *reply_msginfo = microkit_msginfo_new(0, 9);
        return seL4_True;
    default:
        check(0, 143);
        return seL4_False;
    }
}
