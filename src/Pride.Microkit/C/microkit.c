/* What stands behind microkit.h: the event loop of a PD, its debug console, and the memory functions that compilers call unasked.

   The symbols keep libmicrokit's names, because image builders patch them: Pride's and Microkit's own. Pride's builder also fills
   the symbols that start with pride_; where another builder leaves them alone, their initial values are right for Microkit 2.3, release; on x86-64 for its
   board x86_64_generic, and with -DCONFIG_VTX for x86_64_generic_vtx. */

#include <microkit.h>

#define INPUT_CAP 1
#define REPLY_CAP 4

/* Badges: bit 63 a call (channel in bits 5..0), bit 62 a fault (child in bits 7..0), else a bit for each channel. */
#define BADGE_CALL (1ULL << 63)
#define BADGE_FAULT (1ULL << 62)
#define CHANNEL_MASK 0x3f
#define CHILD_MASK 0xff

/* The top page of user space where seL4 is no hypervisor; with a hypervisor and 40-bit addresses it is 0xfffffff000. */
#ifndef PRIDE_IPC_BUFFER
#define PRIDE_IPC_BUFFER 0x7ffffffff000ULL
#endif

/* Patched words live in .data, or a builder that loads file bytes alone could not fill them. */
#define PATCHED __attribute__((used, section(".data")))

PATCHED char microkit_name[MICROKIT_PD_NAME_LENGTH] = "";
PATCHED _Bool microkit_passive = 0;
PATCHED seL4_Word microkit_irqs = 0;
PATCHED seL4_Word microkit_notifications = 0;
PATCHED seL4_Word microkit_pps = 0;
PATCHED seL4_Word microkit_ioports = 0;
PATCHED seL4_IPCBuffer *__sel4_ipc_buffer = (seL4_IPCBuffer *)PRIDE_IPC_BUFFER;
PATCHED seL4_Word pride_stack_top = 0;
PATCHED seL4_Uint8 pride_debug_console_off = 0;

PATCHED struct pride_labels pride_labels = {
    .tcb_read_registers = 2,
    .tcb_write_registers = 3,
    .tcb_set_priority = 6,
    .tcb_suspend = 12,
    .tcb_resume = 13,
    .tcb_bind_notification = 14,
    .tcb_unbind_notification = 15,
    .irq_ack = 27,
    .sched_context_bind = 34,
    .sched_context_unbind = 35,
    .sched_context_unbind_object = 36,
    .sched_context_consumed = 37,
    .smc_call = 43,
#ifdef CONFIG_VTX
    .io_port_in_8 = 57,
    .vcpu_set_tcb = 66,
#else
    .io_port_in_8 = 54,
    .vcpu_set_tcb = 55,
#endif
};

seL4_Bool microkit_have_signal = seL4_False;
seL4_CPtr microkit_signal_cap = 0;
seL4_MessageInfo_t microkit_signal_msg = {{ 0 }};

typedef void (*initialiser)(void);
extern const initialiser __init_array_start[];
extern const initialiser __init_array_end[];

void microkit_dbg_putc(int c)
{
    if (!pride_debug_console_off) {
        seL4_DebugPutChar((char)c);
    }
}

void microkit_dbg_puts(const char *s)
{
    for (; *s != 0; s++) {
        microkit_dbg_putc(*s);
    }
}

void microkit_dbg_put32(seL4_Uint32 x)
{
    char digits[11];
    char *first = &digits[10];
    *first = 0;
    do {
        *--first = (char)('0' + x % 10);
        x /= 10;
    } while (x != 0);
    microkit_dbg_puts(first);
}

void microkit_dbg_put8(seL4_Uint8 x)
{
    microkit_dbg_put32(x);
}

void microkit_internal_bad_id(const char *function, unsigned int id)
{
    microkit_dbg_puts(microkit_name);
    microkit_dbg_puts(" ");
    microkit_dbg_puts(function);
    microkit_dbg_puts(": invalid channel given '");
    microkit_dbg_put32(id);
    microkit_dbg_puts("'\n");
}

static void missing(const char *entry_point)
{
    microkit_dbg_puts(microkit_name);
    microkit_dbg_puts(" is missing the '");
    microkit_dbg_puts(entry_point);
    microkit_dbg_puts("' entry point\n");
    microkit_internal_crash(seL4_NoError);
}

__attribute__((weak)) microkit_msginfo protected(microkit_channel ch, microkit_msginfo msginfo)
{
    (void)ch;
    (void)msginfo;
    missing("protected");
    return microkit_msginfo_new(0, 0);
}

__attribute__((weak)) seL4_Bool fault(microkit_child child, microkit_msginfo msginfo, microkit_msginfo *reply_msginfo)
{
    (void)child;
    (void)msginfo;
    (void)reply_msginfo;
    missing("fault");
    return seL4_False;
}

/* For assert.h of whatever C library a component brings. */
__attribute__((weak)) void __assert_fail(const char *condition, const char *file, int line, const char *function)
{
    microkit_dbg_puts(microkit_name);
    microkit_dbg_puts(": assertion ");
    microkit_dbg_puts(condition);
    microkit_dbg_puts(" failed in ");
    microkit_dbg_puts(function);
    microkit_dbg_puts(", ");
    microkit_dbg_puts(file);
    microkit_dbg_puts(":");
    microkit_dbg_put32((seL4_Uint32)line);
    microkit_dbg_puts("\n");
    microkit_internal_crash(seL4_NoError);
}

/* An interrupt that fired before its PD could receive would otherwise stay masked. */
static void acknowledge_all(void)
{
    for (microkit_channel ch = 0; ch <= MICROKIT_MAX_CHANNEL_ID; ch++) {
        if (microkit_irqs >> ch & 1) {
            microkit_irq_ack(ch);
        }
    }
}

#if defined(__x86_64__)
struct microkit_x86_vcpu_state microkit_x86_vcpu_state;

/* Runs the guest, and lets `fault` see each of its exits, until it is off or a notification comes: true then. What the PD keeps of the guest goes
   in and comes back in message registers, where `fault` finds it too. */
static seL4_Bool runs_guest_until_notified(seL4_Word *badge)
{
    struct microkit_x86_vcpu_state *guest = &microkit_x86_vcpu_state;
    while (guest->is_on) {
        /* No entry into a guest takes a signal along. */
        if (microkit_have_signal) {
            microkit_have_signal = seL4_False;
            seL4_Send(microkit_signal_cap, microkit_signal_msg);
        }

        seL4_SetMR(SEL4_VMENTER_CALL_EIP_MR, guest->rip);
        seL4_SetMR(SEL4_VMENTER_CALL_CONTROL_PPC_MR, guest->prim_proc_ctl);
        seL4_SetMR(SEL4_VMENTER_CALL_INTERRUPT_INFO_MR, guest->irq_info);
        seL4_Word result = seL4_VMEnter(badge);
        guest->rip = seL4_GetMR(SEL4_VMENTER_CALL_EIP_MR);
        guest->prim_proc_ctl = seL4_GetMR(SEL4_VMENTER_CALL_CONTROL_PPC_MR);
        guest->irq_info = seL4_GetMR(SEL4_VMENTER_CALL_INTERRUPT_INFO_MR);
        if (result == SEL4_VMENTER_RESULT_NOTIF) {
            return seL4_True;
        }

        microkit_msginfo no_reply = microkit_msginfo_new(0, 0);
        if (!fault(0, microkit_msginfo_new(0, SEL4_VMENTER_RESULT_FAULT_LEN), &no_reply)) {
            guest->is_on = seL4_False;
        }
    }

    return seL4_False;
}
#endif

/* Waits for the next event; a reply goes out with it, and so does a deferred signal, which a reply sends ahead. */
static microkit_msginfo next_event(seL4_Bool has_reply, microkit_msginfo reply, seL4_Word *badge)
{
#if defined(__x86_64__)
    if (runs_guest_until_notified(badge)) {
        return microkit_msginfo_new(0, 0);
    }
#endif

    seL4_Bool has_signal = microkit_have_signal;
    microkit_have_signal = seL4_False;
    if (has_reply) {
        if (has_signal) {
            seL4_Word first_words[4] = { seL4_GetMR(0), seL4_GetMR(1), seL4_GetMR(2), seL4_GetMR(3) };
            seL4_Send(microkit_signal_cap, microkit_signal_msg);
            for (int i = 0; i < 4; i++) {
                seL4_SetMR(i, first_words[i]);
            }
        }

        return seL4_ReplyRecv(INPUT_CAP, reply, badge, REPLY_CAP);
    }

    return has_signal ? seL4_NBSendRecv(microkit_signal_cap, microkit_signal_msg, INPUT_CAP, badge, REPLY_CAP)
                      : seL4_Recv(INPUT_CAP, badge, REPLY_CAP);
}

/* Where start.S goes. */
void main(void)
{
    microkit_have_signal = seL4_False;
    for (const initialiser *each = __init_array_start; each < __init_array_end; each++) {
        (*each)();
    }

    init();

    /* The monitor then takes the scheduling context away; not before this PD waits, or a call could find it not ready. */
    if (microkit_passive) {
        microkit_have_signal = seL4_True;
        microkit_signal_msg = seL4_MessageInfo_new(0, 0, 0, 0);
        microkit_signal_cap = MONITOR_EP;
    }

    acknowledge_all();
    seL4_Bool has_reply = seL4_False;
    microkit_msginfo reply = microkit_msginfo_new(0, 0);
    for (;;) {
        seL4_Word badge = 0;
        microkit_msginfo message = next_event(has_reply, reply, &badge);
        if (badge & BADGE_FAULT) {
            has_reply = fault(badge & CHILD_MASK, message, &reply);
        } else if (badge & BADGE_CALL) {
            reply = protected(badge & CHANNEL_MASK, message);
            has_reply = seL4_True;
        } else {
            has_reply = seL4_False;
            for (microkit_channel ch = 0; badge != 0; ch++, badge >>= 1) {
                if (badge & 1) {
                    notified(ch);
                }
            }
        }
    }
}

/* Freestanding compilers still call these four; the second attribute keeps them from becoming calls of themselves. */
#if defined(__clang__)
#define MEMORY_FUNCTION __attribute__((weak, no_builtin))
#else
#define MEMORY_FUNCTION __attribute__((weak, optimize("no-tree-loop-distribute-patterns")))
#endif

MEMORY_FUNCTION void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ((char *)to)[i] = ((const char *)from)[i];
    }

    return to;
}

MEMORY_FUNCTION void *memmove(void *to, const void *from, size_t count)
{
    if ((uintptr_t)to <= (uintptr_t)from) {
        return memcpy(to, from, count);
    }

    for (size_t i = count; i > 0; i--) {
        ((char *)to)[i - 1] = ((const char *)from)[i - 1];
    }

    return to;
}

MEMORY_FUNCTION void *memset(void *to, int value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ((char *)to)[i] = (char)value;
    }

    return to;
}

MEMORY_FUNCTION int memcmp(const void *left, const void *right, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int difference = ((const unsigned char *)left)[i] - ((const unsigned char *)right)[i];
        if (difference != 0) {
            return difference;
        }
    }

    return 0;
}
