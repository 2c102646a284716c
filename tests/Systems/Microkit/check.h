/* What the PDs of this system share: a page of counters, and checks that count. */

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
