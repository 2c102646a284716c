/* Plays the part of a kernel with VT-x for its child, the manager: the child's calls to its virtual CPU are calls of this PD, and its entries into the guest
   are system calls that Pride's kernel does not know. What comes is compared with seL4's interface (object-api-arch.xml and object-api-sel4-arch.xml of x86,
   arch/vmenter.h): labels, words, registers.

   FIRST_LABEL is X86VCPUSetTCB of the configuration that the manager was linked for. */

#include "guests.h"

struct call {
    const char *name;
    seL4_Word label;
    seL4_Word count;
    seL4_Word words[2];
    seL4_Word answer;
};

static const struct call calls[] = {
    { "ReadVMCS", FIRST_LABEL + 1, 1, { FIELD }, 0x11 },
    { "WriteVMCS", FIRST_LABEL + 2, 2, { FIELD, 0x22 }, 0x22 },
    { "ReadMSR", FIRST_LABEL - 25, 1, { EFER }, 0x33 },
    { "WriteMSR", FIRST_LABEL - 24, 2, { LSTAR, 0x44 }, 0x44 },
    { "EnableIOPort", FIRST_LABEL + 3, 2, { 0x2f8, 0x2ff }, 0 },
    { "DisableIOPort", FIRST_LABEL + 4, 2, { 0x2f8, 0x2ff }, 0 },
    { "WriteRegisters", FIRST_LABEL + 5, 15, { 1, 2 }, 0 },
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

/* Words of the message of an unknown system call (libsel4, sel4_arch/constants.h). */
enum { RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15, FAULT_IP, SP, FLAGS, NUMBER, LENGTH };

#define SYSCALL_BYTES 2

static seL4_Word done;
static seL4_Word entries;
static seL4_Word signals;
static seL4_Word failures;

static void check(const char *what, seL4_Word actual, seL4_Word expected)
{
    if (actual != expected) {
        failures++;
        microkit_dbg_puts("FAILED: ");
        microkit_dbg_puts(what);
        microkit_dbg_puts(" is ");
        microkit_dbg_put32((seL4_Uint32)actual);
        microkit_dbg_puts(" instead of ");
        microkit_dbg_put32((seL4_Uint32)expected);
        microkit_dbg_puts("\n");
    }
}

void init(void)
{
}

void notified(microkit_channel ch)
{
    check("the signal's channel", ch, TO_MANAGER);
    check("entries before the signal", entries, 2);
    signals++;
}

static microkit_msginfo finish(void)
{
    check("calls", done, CALLS);
    check("entries", entries, 3);
    check("signals", signals, 1);
    microkit_dbg_puts("kernel: calls and entries were other than seL4's: ");
    microkit_dbg_put32((seL4_Uint32)failures);
    microkit_dbg_puts(" times\n");
    return microkit_msginfo_new(0, 0);
}

microkit_msginfo protected(microkit_channel ch, microkit_msginfo msginfo)
{
    (void)ch;
    seL4_Word label = microkit_msginfo_get_label(msginfo);
    if (label == DONE) {
        return finish();
    }

    if (label == COMPLAINT || done == CALLS) {
        check("what the manager complains of, or a call too many", microkit_mr_get(0), 0);
        check("its value, or a call too many", label == COMPLAINT ? microkit_mr_get(1) : label, 0);
        return microkit_msginfo_new(0, 0);
    }

    const struct call *expected = &calls[done++];
    check(expected->name, label, expected->label);
    check("its length", microkit_msginfo_get_count(msginfo), expected->count);
    check("its first word", microkit_mr_get(0), expected->words[0]);
    if (expected->count > 1) {
        check("its second word", microkit_mr_get(1), expected->words[1]);
    }

    for (seL4_Word i = 2; i < expected->count; i++) {
        check("a register", microkit_mr_get((seL4_Uint8)i), i + 1);
    }

    microkit_mr_set(0, expected->answer);
    return microkit_msginfo_new(0, 1);
}

seL4_Bool fault(microkit_child child, microkit_msginfo msginfo, microkit_msginfo *reply_msginfo)
{
    check("the child", child, 1);
    check("the fault", microkit_msginfo_get_label(msginfo), seL4_Fault_UnknownSyscall);
    if (microkit_msginfo_get_label(msginfo) != seL4_Fault_UnknownSyscall) {
        check("the address of the other fault", microkit_mr_get(seL4_VMFault_Addr), 0);
        finish();
        return seL4_False;
    }

    check("the system call", microkit_mr_get(NUMBER), (seL4_Word)-32);
    check("rsi", microkit_mr_get(RSI), 0);
    seL4_Word exits = entries == 0 ? 0 : 1;
    check("the guest's program counter", microkit_mr_get(R10), GUEST_RIP + exits);
    check("its controls", microkit_mr_get(R8), CONTROLS + exits);
    check("its interrupt", microkit_mr_get(R9), INTERRUPT + exits);
    entries++;
    if (entries == 2) {
        /* A notification; the words of the entry come back as they were. */
        microkit_mr_set(RSI, 0);
        microkit_mr_set(RDI, 1ULL << FROM_NOWHERE);
    } else {
        /* An exit. seL4 leaves no badge. */
        microkit_mr_set(RSI, 1);
        microkit_mr_set(RDI, 0);
        microkit_mr_set(R10, microkit_mr_get(R10) + 1);
        microkit_mr_set(R8, microkit_mr_get(R8) + 1);
        microkit_mr_set(R9, microkit_mr_get(R9) + 1);
        microkit_mr_set(R15, EXIT_REASON);
    }

    if (entries == 3) {
        microkit_notify(TO_MANAGER);
    }

    microkit_mr_set(FAULT_IP, microkit_mr_get(FAULT_IP) + SYSCALL_BYTES);
    *reply_msginfo = microkit_msginfo_new(0, LENGTH);
    return seL4_True;
}
