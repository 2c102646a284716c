/* Sends every notification back, deferred. It is linked as a libmicrokit of other people would link it: its IPC buffer is where its program says. */

#include <microkit.h>
#include <stdint.h>

/* Where Pride's builder must not put the IPC buffer, since the program says itself where it is. */
#ifndef PRIDE_IPC_BUFFER
#define PRIDE_IPC_BUFFER ((uintptr_t)__sel4_ipc_buffer)
#endif

void init(void)
{
    /* Beyond the registers: these words must come from this PD's own buffer. */
    microkit_mr_set(100, 12345);
    if (microkit_mr_get(100) != 12345 || (uintptr_t)seL4_GetIPCBuffer() != PRIDE_IPC_BUFFER) {
        microkit_internal_crash(seL4_InvalidArgument);
    }
}

void notified(microkit_channel ch)
{
    microkit_deferred_notify(ch);
}
