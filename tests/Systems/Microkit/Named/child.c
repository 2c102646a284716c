/* Faults twice, each time with half of its stack used; start.S has to begin at the stack's top each time. */

#include <microkit.h>

#define STARTS 3
#define HALF_A_STACK 4096

seL4_Word starts;

/* Zeroed memory that a restart leaves alone. */
struct record {
    seL4_Word count;
    seL4_Word stack[STARTS];
};

static __attribute__((noinline)) void fault_deep(void)
{
    volatile char used[HALF_A_STACK];
    used[0] = 0;
    microkit_internal_crash(seL4_NoError);
    used[1] = used[0];
}

void init(void)
{
    volatile struct record *record = (volatile struct record *)starts;
    record->stack[record->count++] = (seL4_Word)__builtin_frame_address(0);
    if (record->count < STARTS) {
        fault_deep();
    }

    microkit_dbg_puts("child: started 3 times, ");
    microkit_dbg_puts(record->stack[1] == record->stack[0] && record->stack[2] == record->stack[0] ? "always at the same stack\n" : "elsewhere on the stack\n");
}

void notified(microkit_channel ch)
{
    (void)ch;
}
