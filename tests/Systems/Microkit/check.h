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

/* Prints through the kernel (seL4's DebugPutChar): the release configuration's libmicrokit prints nothing. */
static inline void say(const char *text)
{
    for (; *text != 0; text++) {
        register seL4_Word letter __asm__("x0") = (seL4_Word)*text;
        register seL4_Word number __asm__("x7") = (seL4_Word)-12;
        __asm__ volatile("svc #0" : "+r"(letter) : "r"(number) : "x1", "x2", "x3", "x4", "x5", "x6", "memory");
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
