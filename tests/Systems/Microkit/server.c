/* A passive server: it runs on its callers' time. */

#include <microkit.h>

static int constructed;

__attribute__((constructor)) static void construct(void)
{
    constructed = 1;
}

void init(void)
{
    if (!constructed) {
        microkit_dbg_puts("server: constructors have not run\n");
        microkit_internal_crash(seL4_InvalidArgument);
    }
}

void notified(microkit_channel ch)
{
    (void)ch;
}

microkit_msginfo protected(microkit_channel ch, microkit_msginfo message)
{
    (void)ch;
    seL4_Word count = microkit_msginfo_get_count(message);
    for (seL4_Word i = 0; i < count; i++) {
        microkit_mr_set((seL4_Uint8)i, microkit_mr_get((seL4_Uint8)i) + i);
    }

    return microkit_msginfo_new(microkit_msginfo_get_label(message) + 1, (seL4_Uint16)count);
}
