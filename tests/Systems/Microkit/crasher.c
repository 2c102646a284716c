/* A child that writes where nothing is when it is notified for the first time. */

#include "check.h"

#define CRASH_ADDRESS 0xdead000

uintptr_t shared_vaddr;

void init(void)
{
    ((struct shared *)shared_vaddr)->crasher_starts++;
}

void notified(microkit_channel ch)
{
    (void)ch;
    *(volatile int *)CRASH_ADDRESS = 1;
}
