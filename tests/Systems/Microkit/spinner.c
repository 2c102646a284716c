/* A child with the highest priority that never rests: its budget alone lets others run. It adds up how long it has run; a gap is time in which it did not. */

#include "check.h"

/* Longer than one round of the loop, shorter than the rest of a period. */
#define LONGEST_ROUND_PER_SECOND 2000

uintptr_t shared_vaddr;

void init(void)
{
    struct shared *shared = (struct shared *)shared_vaddr;
    uint64_t longest = ticks_per_second() / LONGEST_ROUND_PER_SECOND;
    for (uint64_t last = ticks();;) {
        uint64_t now = ticks();
        if (now - last < longest) {
            shared->spinner_ticks += now - last;
        }

        last = now;
    }
}

void notified(microkit_channel ch)
{
    (void)ch;
}
