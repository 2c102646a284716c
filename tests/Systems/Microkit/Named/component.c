/* Says hello, and hears from the parent. */

#include <microkit.h>

void init(void)
{
    microkit_dbg_puts("component: here I am\n");
    microkit_notify(0);
}

void notified(microkit_channel ch)
{
    microkit_dbg_puts(ch == 0 ? "component: the parent answered\n" : "component: somebody else came\n");
}
