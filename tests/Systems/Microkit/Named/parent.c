/* Answers whoever notifies it, and starts its child again when that faults. */

#include <microkit.h>

/* Where programs begin (microkit.ld). */
#define CHILD_ENTRY 0x200000

seL4_Word child_id;

void init(void)
{
}

void notified(microkit_channel ch)
{
    microkit_notify(ch);
}

seL4_Bool fault(microkit_child child, microkit_msginfo msginfo, microkit_msginfo *reply)
{
    (void)msginfo;
    (void)reply;
    if (child == child_id) {
        microkit_pd_restart(child, CHILD_ENTRY);
    }

    return seL4_False;
}
