/* Calls every function of libmicrokit 2.3 with the types that its manual gives them: it is compiled, not run. */

#include <microkit.h>

static void children_and_channels(microkit_channel ch, microkit_child child)
{
    microkit_notify(ch);
    microkit_irq_ack(ch);
    microkit_deferred_notify(ch);
    microkit_deferred_irq_ack(ch);
    microkit_pd_restart(child, 0x200000);
    microkit_pd_stop(child);
    microkit_pd_resume(child);
}

static seL4_Word messages(microkit_channel ch)
{
    microkit_mr_set(0, 1);
    microkit_msginfo answer = microkit_ppcall(ch, microkit_msginfo_new(5, 1));
    return microkit_mr_get(0) + microkit_msginfo_get_label(answer) + microkit_msginfo_get_count(answer);
}

static void console(void)
{
    microkit_dbg_putc('c');
    microkit_dbg_puts(microkit_name);
    microkit_dbg_put8(8);
    microkit_dbg_put32(32);
}

#if defined(__aarch64__)
static seL4_Word machine(microkit_child vcpu)
{
    seL4_ARM_SMCContext request = { 0 };
    seL4_ARM_SMCContext response = { 0 };
    microkit_arm_smc_call(&request, &response);
    microkit_vcpu_restart(vcpu, 0x40000000);
    microkit_vcpu_stop(vcpu);
    microkit_vcpu_arm_inject_irq(vcpu, 27, 0, 0, 0);
    microkit_vcpu_arm_ack_vppi(vcpu, 27);
    microkit_vcpu_arm_write_reg(vcpu, 1, 2);
    return microkit_vcpu_arm_read_reg(vcpu, 1);
}
#elif defined(__x86_64__)
static seL4_Word machine(microkit_child ports)
{
    microkit_x86_ioport_write_8(ports, 0x3f8, 1);
    microkit_x86_ioport_write_16(ports, 0x3f8, 2);
    microkit_x86_ioport_write_32(ports, 0x3f8, 3);
    seL4_VCPUContext registers = { 0 };
    microkit_vcpu_x86_write_vmcs(1, MICROKIT_VMX_GUEST_RIP, microkit_vcpu_x86_read_vmcs(1, MICROKIT_VMX_CONTROL_ENTRY_INTERRUPTION_INFO));
    microkit_vcpu_x86_write_msr(1, 0xc0000080, microkit_vcpu_x86_read_msr(1, 0xc0000080));
    microkit_vcpu_x86_enable_ioport(1, ports, 0x3f8, 8);
    microkit_vcpu_x86_disable_ioport(1, 0x3f8, 8);
    microkit_vcpu_x86_write_regs(1, &registers);
    microkit_vcpu_x86_on();
    microkit_vcpu_x86_off();
    return microkit_x86_ioport_read_8(ports, 0x3f8) + microkit_x86_ioport_read_16(ports, 0x3f8) + microkit_x86_ioport_read_32(ports, 0x3f8);
}
#else
static seL4_Word machine(microkit_child vcpu)
{
    return vcpu;
}
#endif

void init(void)
{
    children_and_channels(1, 2);
    console();
    microkit_dbg_put32((seL4_Uint32)(messages(3) + machine(4) + microkit_cspace_root_slot_to_cptr(1)));
}

void notified(microkit_channel ch)
{
    (void)ch;
}

microkit_msginfo protected(microkit_channel ch, microkit_msginfo msginfo)
{
    (void)ch;
    return msginfo;
}

seL4_Bool fault(microkit_child child, microkit_msginfo msginfo, microkit_msginfo *reply_msginfo)
{
    (void)child;
    *reply_msginfo = msginfo;
    return seL4_True;
}
