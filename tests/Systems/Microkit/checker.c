/* The parent of the others, which checks one thing after the other and says at the end whether all was right. It has the least priority of the
   active PDs, so whatever it causes has happened when its call returns. */

#include "check.h"

#define CHILD_ENTRY 0x200000
#define CRASH_ADDRESS 0xdead000
#define SPINNER_PPM_LEAST 80000
#define SPINNER_PPM_MOST 120000

/* Filled by setvar attributes and elements; Microkit wants words. */
uintptr_t shared_vaddr;
uintptr_t shared_size;
uintptr_t shared_paddr;
uintptr_t prefilled_vaddr;
uintptr_t prefilled_length;
uintptr_t device_vaddr;
uintptr_t server_channel;
uintptr_t echo_channel;
uintptr_t crasher_channel;
uintptr_t crasher_child;
uintptr_t spinner_child;

static unsigned int checks;
static unsigned int failures;
static unsigned int faults;
static seL4_Word fault_address;
static seL4_Word fault_label;
static microkit_channel last_notified = 62;

static void check(int holds, const char *what)
{
    checks++;
    if (!holds) {
        failures++;
        say("checker: FAILED: ");
        say(what);
        say("\n");
    }
}

static struct shared *shared(void)
{
    return (struct shared *)shared_vaddr;
}

static void check_variables(void)
{
    const char expected[] = "filled by the build";
    check(shared_size == 0x2000, "setvar_size");
#if !defined(__x86_64__)
    /* Pride chooses it at boot on a PC. */
    check(shared_paddr != 0 && shared_paddr % 0x1000 == 0, "setvar region_paddr");
#endif
    check(shared_vaddr == 0x3000000, "setvar_vaddr");
    check(prefilled_length == sizeof(expected) - 1, "setvar_prefill_size");
    for (uintptr_t i = 0; i < prefilled_length; i++) {
        check(((const char *)prefilled_vaddr)[i] == expected[i], "prefill_path");
    }

    check(((const char *)prefilled_vaddr)[prefilled_length] == 0, "zeros behind the prefill");
    check(is_the_device((volatile uint32_t *)device_vaddr), "a device at phys_addr");
    check(microkit_name[0] == 'c' && microkit_name[7] == 0, "microkit_name");
    check(microkit_pps == 1ULL << server_channel, "microkit_pps");
    check(microkit_notifications == (1ULL << echo_channel | 1ULL << crasher_channel), "microkit_notifications");
    check(microkit_irqs == 0, "microkit_irqs");
#if MICROKIT_RELEASE >= 21
    check(microkit_ioports == 0, "microkit_ioports");
#endif
}

/* The server answers label + 1 and every word plus its number. */
static void check_calls(void)
{
    const int lengths[] = { 0, 1, 4, 5, 64, 120 };
    for (unsigned int i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (int w = 0; w < lengths[i]; w++) {
            microkit_mr_set((seL4_Uint8)w, 1000 + (seL4_Word)w);
        }

        microkit_msginfo answer = microkit_ppcall((microkit_channel)server_channel, microkit_msginfo_new(7 + i, (seL4_Uint16)lengths[i]));
        check(microkit_msginfo_get_label(answer) == 8 + i, "label of an answer");
        check(microkit_msginfo_get_count(answer) == (seL4_Word)lengths[i], "length of an answer");
        for (int w = 0; w < lengths[i]; w++) {
            check(microkit_mr_get((seL4_Uint8)w) == 1000 + 2 * (seL4_Word)w, "word of an answer");
        }
    }

    /* Wrong channels change nothing. */
    check(microkit_ppcall(61, microkit_msginfo_new(5, 0)).words[0] == 0, "a call over a channel that is none");
    microkit_notify(62);
    microkit_deferred_notify(0);
    microkit_irq_ack(3);
    check(!microkit_have_signal, "a deferred signal over a wrong channel");
}

static void check_slots(void)
{
#if MICROKIT_RELEASE >= 23
    check(microkit_cspace_root_slot_to_cptr(0) == seL4_CapNull, "slot 0");
    check(microkit_cspace_root_slot_to_cptr(64) == seL4_CapNull, "slot 64");
    seL4_SchedContext_Consumed_t consumed = seL4_SchedContext_Consumed(microkit_cspace_root_slot_to_cptr(1));
    check(consumed.error == seL4_NoError && consumed.consumed > 0, "a scheduling context from cspace");
    seL4_UserContext context;
    check(seL4_TCB_ReadRegisters(microkit_cspace_root_slot_to_cptr(2), seL4_False, 0, 2, &context) == seL4_NoError && context.PROGRAM_COUNTER >= CHILD_ENTRY, "a TCB from cspace");
#endif
#if defined(__aarch64__) && MICROKIT_RELEASE >= 21
    seL4_ARM_SMCContext request = { .x0 = 0x84000000 };
    seL4_ARM_SMCContext answer = { 0 };
    microkit_arm_smc_call(&request, &answer);
    check(answer.x0 >> 16 == 1, "PSCI's version by an SMC");
#endif
}

/* The child's page fault arrives here and it is restarted, once; then it is stopped, resumed, and left alone. */
static void check_children(void)
{
    check(shared()->crasher_starts == 1, "the child has started");
    microkit_notify((microkit_channel)crasher_channel);
}

static void check_budget(void)
{
    uint64_t begin = ticks();
    uint64_t ran = shared()->spinner_ticks;
    uint64_t wait = ticks_per_second() / 5;
    while (ticks() - begin < wait) {
    }

    uint64_t share = (shared()->spinner_ticks - ran) * 1000000 / (ticks() - begin);
    say("checker: the spinner has ");
    say_number(share);
    say(" ppm\n");
    check(share >= SPINNER_PPM_LEAST && share <= SPINNER_PPM_MOST, "a budget of a tenth is a tenth");
    microkit_pd_stop((microkit_child)spinner_child);
    ran = shared()->spinner_ticks;
    begin = ticks();
    while (ticks() - begin < wait / 4) {
    }

    check(shared()->spinner_ticks == ran, "a stopped child stands still");
}

static void finish(void)
{
    check(faults == 1 && fault_label == seL4_Fault_VMFault && fault_address == CRASH_ADDRESS, "the child's fault");
    check(shared()->crasher_starts == 2, "the child's restart");
    check_budget();
    say(failures == 0 ? "checker: all " : "checker: NOT all ");
    say_number(checks);
    say(" checks passed\n");
}

void init(void)
{
    microkit_dbg_puts("checker: the library prints ");
    microkit_dbg_put8(8);
    microkit_dbg_putc(',');
    microkit_dbg_put32(4294967295);
    microkit_dbg_puts("\n");
    check_variables();
    check_calls();
    check_slots();
    check_children();
}

void notified(microkit_channel ch)
{
    last_notified = ch;
    if (ch == echo_channel) {
        finish();
    }
}

seL4_Bool fault(microkit_child child, microkit_msginfo message, microkit_msginfo *reply)
{
    (void)reply;
    check(child == crasher_child, "whose fault it is");
    faults++;
    fault_label = microkit_msginfo_get_label(message);
    fault_address = microkit_mr_get(seL4_VMFault_Addr);
    microkit_pd_stop(child);
    microkit_pd_restart(child, CHILD_ENTRY);

    /* Goes out with the next receive, and comes back as a notification. */
    microkit_deferred_notify((microkit_channel)echo_channel);
    return seL4_False;
}
