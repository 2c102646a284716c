/* What the PDs of this system share: a page of counters, a clock, and words for the console. */

#pragma once

#include <microkit.h>
#include <stdint.h>

/* The release of the libmicrokit that is linked, without its point: Pride's own has all of 2.3. */
#ifndef MICROKIT_RELEASE
#define MICROKIT_RELEASE 23
#endif

/* The page `shared`. Each word has one writer. */
struct shared {
    volatile uint64_t crasher_starts;
    volatile uint64_t crasher_resumed;
    volatile uint64_t spinner_ticks;
    volatile uint64_t spinner_started;
};

/* The counter and its rate; a letter through the kernel (seL4's DebugPutChar), since the release configuration's libmicrokit prints nothing; how
   the device of the description is known: the clock by its id (PL031) or by the time in its second word (Goldfish), the HPET by its maker's id. */
#if defined(__aarch64__)
static inline uint64_t ticks(void)
{
    uint64_t now;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(now));
    return now;
}

static inline uint64_t ticks_per_second(void)
{
    uint64_t frequency;
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency;
}

static inline void say_letter(char text)
{
    register seL4_Word letter __asm__("x0") = (seL4_Word)text;
    register seL4_Word number __asm__("x7") = (seL4_Word)-12;
    __asm__ volatile("svc #0" : "+r"(letter) : "r"(number) : "x1", "x2", "x3", "x4", "x5", "x6", "memory");
}

static inline int is_the_device(volatile uint32_t *registers)
{
    return registers[0xfe0 / 4] == 0x31;
}

#define PROGRAM_COUNTER pc
#elif defined(__riscv)
static inline uint64_t ticks(void)
{
    uint64_t now;
    __asm__ volatile("rdtime %0" : "=r"(now));
    return now;
}

/* QEMU's virt machine. */
static inline uint64_t ticks_per_second(void)
{
    return 10000000;
}

static inline void say_letter(char text)
{
    register seL4_Word letter __asm__("a0") = (seL4_Word)text;
    register seL4_Word number __asm__("a7") = (seL4_Word)-12;
    __asm__ volatile("ecall" : "+r"(letter) : "r"(number) : "a1", "a2", "a3", "a4", "a5", "a6", "memory");
}

/* Reading the low word latches the high one. */
static inline int is_the_device(volatile uint32_t *registers)
{
    (void)registers[0];
    return registers[1] != 0;
}

#define PROGRAM_COUNTER pc
#else
static inline uint64_t ticks(void)
{
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* QEMU when it counts instructions, a nanosecond each. */
static inline uint64_t ticks_per_second(void)
{
    return 1000000000;
}

static inline void say_letter(char text)
{
    register seL4_Word letter __asm__("rdi") = (seL4_Word)text;
    register seL4_Word number __asm__("rdx") = (seL4_Word)-12;
    __asm__ volatile("movq %%rsp, %%rbx\n\tsyscall\n\tmovq %%rbx, %%rsp"
                     : "+r"(letter)
                     : "r"(number)
                     : "rax", "rbx", "rcx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r15", "memory");
}

static inline int is_the_device(volatile uint32_t *registers)
{
    return registers[0] >> 16 == 0x8086;
}

#define PROGRAM_COUNTER rip
#endif

static inline void say(const char *text)
{
    for (; *text != 0; text++) {
        say_letter(*text);
    }
}

static inline void say_number(uint64_t value)
{
    char digits[21];
    char *first = &digits[20];
    *first = 0;
    do {
        *--first = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    say(first);
}
