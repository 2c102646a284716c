/* Calls every function that libmicrokit has for virtual CPUs of PCs, and lets a guest run. Its "virtual CPU" is its channel to the PD that plays the kernel's
   part: the ids wrap around. */

#include "guests.h"

#define VCPU ((microkit_child)(BASE_ENDPOINT_CAP + TO_KERNEL - BASE_VCPU_CAP))

static int exits;
static int notifications;

static void expect(seL4_Word actual, seL4_Word expected, int what)
{
    if (actual != expected) {
        microkit_mr_set(0, (seL4_Word)what);
        microkit_mr_set(1, actual);
        microkit_ppcall(TO_KERNEL, microkit_msginfo_new(COMPLAINT, 2));
    }
}

void init(void)
{
    expect(microkit_vcpu_x86_read_vmcs(VCPU, FIELD), 0x11, 1);
    microkit_vcpu_x86_write_vmcs(VCPU, FIELD, 0x22);
    expect(microkit_vcpu_x86_read_msr(VCPU, EFER), 0x33, 2);
    microkit_vcpu_x86_write_msr(VCPU, LSTAR, 0x44);
    microkit_vcpu_x86_enable_ioport(VCPU, 2, 0x2f8, 8);
    microkit_vcpu_x86_enable_ioport(VCPU, 3, 0x3f8, 8);
    microkit_vcpu_x86_disable_ioport(VCPU, 0x2f8, 8);

    /* Nothing is at that port; the call's number is another than on the board without VT-x. */
    expect(microkit_x86_ioport_read_8(2, 0x2f8), 0xff, 4);
    seL4_VCPUContext registers = {
        .eax = 1, .ebx = 2, .ecx = 3, .edx = 4, .esi = 5, .edi = 6, .ebp = 7, .r8 = 8, .r9 = 9, .r10 = 10, .r11 = 11, .r12 = 12, .r13 = 13, .r14 = 14, .r15 = 15,
    };
    microkit_vcpu_x86_write_regs(VCPU, &registers);

    /* These three are kept until the guest is entered. */
    microkit_vcpu_x86_write_vmcs(VCPU, MICROKIT_VMX_GUEST_RIP, GUEST_RIP);
    microkit_vcpu_x86_write_vmcs(VCPU, MICROKIT_VMX_CONTROL_PRIMARY_PROCESSOR_CONTROLS, CONTROLS);
    microkit_vcpu_x86_write_vmcs(VCPU, MICROKIT_VMX_CONTROL_ENTRY_INTERRUPTION_INFO, INTERRUPT);
    expect(microkit_vcpu_x86_read_vmcs(VCPU, MICROKIT_VMX_CONTROL_ENTRY_INTERRUPTION_INFO), INTERRUPT, 3);
    microkit_vcpu_x86_off();
    microkit_vcpu_x86_on();
}

seL4_Bool fault(microkit_child child, microkit_msginfo msginfo, microkit_msginfo *reply_msginfo)
{
    (void)reply_msginfo;
    exits++;
    seL4_Word words[4] = { microkit_mr_get(0), microkit_mr_get(1), microkit_mr_get(2), microkit_mr_get(3) };
    expect(child, 0, 10);
    expect(microkit_msginfo_get_count(msginfo), SEL4_VMENTER_RESULT_FAULT_LEN, 11);
    expect(words[SEL4_VMENTER_CALL_EIP_MR], (seL4_Word)(GUEST_RIP + exits), 12);
    expect(words[SEL4_VMENTER_CALL_CONTROL_PPC_MR], (seL4_Word)(CONTROLS + exits), 13);
    expect(words[SEL4_VMENTER_CALL_INTERRUPT_INFO_MR], (seL4_Word)(INTERRUPT + exits), 14);
    expect(words[SEL4_VMENTER_FAULT_REASON_MR], EXIT_REASON, 15);
    expect(microkit_vcpu_x86_read_vmcs(VCPU, MICROKIT_VMX_GUEST_RIP), (seL4_Word)(GUEST_RIP + exits), 16);

    /* The second exit is the last: the manager waits for events again. */
    return exits == 1;
}

void notified(microkit_channel ch)
{
    notifications++;
    if (notifications == 1) {
        expect(ch, FROM_NOWHERE, 20);
        expect(exits, 1, 21);

        /* Goes out before the guest is entered. */
        microkit_deferred_notify(TO_KERNEL);
        return;
    }

    expect(ch, TO_KERNEL, 22);
    expect(exits, 2, 23);
    microkit_ppcall(TO_KERNEL, microkit_msginfo_new(DONE, 0));
}
