/* libmicrokit's interface (Microkit manual 2.3, chapter "libmicrokit") for components in C, written for Pride.

   A component has the entry points init and notified; it has protected when it is called, and fault when it has children. It is compiled and linked by

       clang-19 --target=aarch64-none-elf -ffreestanding -nostdlib -O2 -g -Isrc/Pride.Microkit/C --ld-path=ld.lld-19
           -Tsrc/Pride.Microkit/C/microkit.ld src/Pride.Microkit/C/microkit.c src/Pride.Microkit/C/AArch64/start.S component.c -o component.elf

   Wrong use of a channel is reported on the debug console and changes nothing; a kernel call that fails ends the PD by a fault at the error's number. */

#pragma once

#include <sel4/sel4.h>

typedef unsigned int microkit_channel;
typedef unsigned int microkit_child;
typedef unsigned int microkit_ioport;
typedef seL4_MessageInfo_t microkit_msginfo;

/* Cap slots (Pride.Abi.CapSlots). */
#define MONITOR_EP 5
#define TCB_CAP 6
#define ARM_SMC_CAP 7
#define BASE_OUTPUT_NOTIFICATION_CAP 10
#define BASE_ENDPOINT_CAP 74
#define BASE_IRQ_CAP 138
#define BASE_TCB_CAP 202
#define BASE_VM_TCB_CAP 266
#define BASE_VCPU_CAP 330
#define BASE_IOPORT_CAP 394
#define BASE_USER_CAPS 458

#define MICROKIT_MAX_USER_CAPS 128
#define MICROKIT_MAX_CHANNELS 62
#define MICROKIT_MAX_CHANNEL_ID (MICROKIT_MAX_CHANNELS - 1)
#define MICROKIT_MAX_IOPORT_ID MICROKIT_MAX_CHANNELS
#define MICROKIT_PD_NAME_LENGTH 64
#define PD_ROOT_CAP_BITS 6
#define PD_ROOT_CAP_SIZE (1ULL << PD_ROOT_CAP_BITS)

/* What a component provides. */
void init(void);
void notified(microkit_channel ch);
microkit_msginfo protected(microkit_channel ch, microkit_msginfo msginfo);
seL4_Bool fault(microkit_child child, microkit_msginfo msginfo, microkit_msginfo *reply_msginfo);

/* What the image builder says about this PD. A mask has a bit for each channel that may be used so. */
extern char microkit_name[MICROKIT_PD_NAME_LENGTH];
extern seL4_Word microkit_irqs;
extern seL4_Word microkit_notifications;
extern seL4_Word microkit_pps;
extern seL4_Word microkit_ioports;

/* The one signal that waits for the next receive. */
extern seL4_Bool microkit_have_signal;
extern seL4_CPtr microkit_signal_cap;
extern seL4_MessageInfo_t microkit_signal_msg;

#if defined(__x86_64__)
/* The guest of this PD's virtual CPU: whether it is to run, and what goes in with it. A PD has one at most. */
struct microkit_x86_vcpu_state {
    seL4_Bool is_on;
    seL4_Word rip;
    seL4_Word prim_proc_ctl;
    seL4_Word irq_info;
};
extern struct microkit_x86_vcpu_state microkit_x86_vcpu_state;
#endif

/* The debug console: silent in release configurations. */
void microkit_dbg_putc(int c);
void microkit_dbg_puts(const char *s);
void microkit_dbg_put8(seL4_Uint8 x);
void microkit_dbg_put32(seL4_Uint32 x);

/* Reports a wrong channel; for the functions below. */
void microkit_internal_bad_id(const char *function, unsigned int id);

/* Ends the PD: the fault's address is the number of the error. */
static inline void microkit_internal_crash(seL4_Error error)
{
    *(volatile int *)(seL4_Word)error = 0;
}

/* Ends the PD, with the name of the function, when the kernel has refused. */
static inline void microkit_internal_check(seL4_Error error, const char *function)
{
    if (error != seL4_NoError) {
        microkit_dbg_puts(function);
        microkit_dbg_puts(": the kernel refused\n");
        microkit_internal_crash(error);
    }
}

static inline seL4_Bool microkit_internal_has(seL4_Word mask, unsigned int id, const char *function)
{
    if (id > MICROKIT_MAX_CHANNEL_ID || (mask >> id & 1) == 0) {
        microkit_internal_bad_id(function, id);
        return seL4_False;
    }

    return seL4_True;
}

static inline void microkit_notify(microkit_channel ch)
{
    if (microkit_internal_has(microkit_notifications, ch, "microkit_notify")) {
        seL4_Signal(BASE_OUTPUT_NOTIFICATION_CAP + ch);
    }
}

static inline void microkit_irq_ack(microkit_channel ch)
{
    if (microkit_internal_has(microkit_irqs, ch, "microkit_irq_ack")) {
        seL4_IRQHandler_Ack(BASE_IRQ_CAP + ch);
    }
}

static inline microkit_msginfo microkit_ppcall(microkit_channel ch, microkit_msginfo msginfo)
{
    if (!microkit_internal_has(microkit_pps, ch, "microkit_ppcall")) {
        return seL4_MessageInfo_new(0, 0, 0, 0);
    }

    return seL4_Call(BASE_ENDPOINT_CAP + ch, msginfo);
}

/* The deferred forms join the next receive, which saves a kernel entry. There is room for one; the last counts. */
static inline void microkit_deferred_notify(microkit_channel ch)
{
    if (microkit_internal_has(microkit_notifications, ch, "microkit_deferred_notify")) {
        microkit_have_signal = seL4_True;
        microkit_signal_msg = seL4_MessageInfo_new(0, 0, 0, 0);
        microkit_signal_cap = BASE_OUTPUT_NOTIFICATION_CAP + ch;
    }
}

static inline void microkit_deferred_irq_ack(microkit_channel ch)
{
    if (microkit_internal_has(microkit_irqs, ch, "microkit_deferred_irq_ack")) {
        microkit_have_signal = seL4_True;
        microkit_signal_msg = seL4_MessageInfo_new(pride_labels.irq_ack, 0, 0, 0);
        microkit_signal_cap = BASE_IRQ_CAP + ch;
    }
}

/* Children, by id. A restart sets the program counter and no other register; start.S makes the stack again. */
static inline void microkit_pd_restart(microkit_child pd, seL4_Word entry_point)
{
    seL4_UserContext context = { .PRIDE_PROGRAM_COUNTER = entry_point };
    microkit_internal_check(seL4_TCB_WriteRegisters(BASE_TCB_CAP + pd, seL4_True, 0, 1, &context), "microkit_pd_restart");
}

static inline void microkit_pd_stop(microkit_child pd)
{
    microkit_internal_check(seL4_TCB_Suspend(BASE_TCB_CAP + pd), "microkit_pd_stop");
}

static inline void microkit_pd_resume(microkit_child pd)
{
    microkit_internal_check(seL4_TCB_Resume(BASE_TCB_CAP + pd), "microkit_pd_resume");
}

static inline microkit_msginfo microkit_msginfo_new(seL4_Word label, seL4_Uint16 count)
{
    return seL4_MessageInfo_new(label, 0, 0, count);
}

static inline seL4_Word microkit_msginfo_get_label(microkit_msginfo msginfo)
{
    return seL4_MessageInfo_get_label(msginfo);
}

static inline seL4_Word microkit_msginfo_get_count(microkit_msginfo msginfo)
{
    return seL4_MessageInfo_get_length(msginfo);
}

static inline void microkit_mr_set(seL4_Uint8 mr, seL4_Word value)
{
    seL4_SetMR(mr, value);
}

static inline seL4_Word microkit_mr_get(seL4_Uint8 mr)
{
    return seL4_GetMR(mr);
}

/* The cap pointer of what the description put into this slot of the PD's cspace; seL4_CapNull for a slot that there is not. */
static inline seL4_CPtr microkit_cspace_root_slot_to_cptr(seL4_Word slot)
{
    return slot == 0 || slot >= PD_ROOT_CAP_SIZE ? seL4_CapNull : slot << (seL4_WordBits - PD_ROOT_CAP_BITS);
}

#if defined(__aarch64__)
/* A firmware call, for PDs whose description says smc. */
static inline void microkit_arm_smc_call(seL4_ARM_SMCContext *args, seL4_ARM_SMCContext *response)
{
    microkit_internal_check(seL4_ARM_SMC_Call(ARM_SMC_CAP, args, response), "microkit_arm_smc_call");
}

/* Virtual CPUs, by id: for PDs that manage a virtual machine, where the kernel is a hypervisor. */
static inline void microkit_vcpu_restart(microkit_child vcpu, seL4_Word entry_point)
{
    seL4_UserContext context = { .PRIDE_PROGRAM_COUNTER = entry_point };
    microkit_internal_check(seL4_TCB_WriteRegisters(BASE_VM_TCB_CAP + vcpu, seL4_True, 0, 1, &context), "microkit_vcpu_restart");
}

static inline void microkit_vcpu_stop(microkit_child vcpu)
{
    microkit_internal_check(seL4_TCB_Suspend(BASE_VM_TCB_CAP + vcpu), "microkit_vcpu_stop");
}

static inline void microkit_vcpu_arm_inject_irq(microkit_child vcpu, seL4_Uint16 irq, seL4_Uint8 priority, seL4_Uint8 group, seL4_Uint8 index)
{
    microkit_internal_check(seL4_ARM_VCPU_InjectIRQ(BASE_VCPU_CAP + vcpu, irq, priority, group, index), "microkit_vcpu_arm_inject_irq");
}

static inline void microkit_vcpu_arm_ack_vppi(microkit_child vcpu, seL4_Word irq)
{
    microkit_internal_check(seL4_ARM_VCPU_AckVPPI(BASE_VCPU_CAP + vcpu, irq), "microkit_vcpu_arm_ack_vppi");
}

static inline seL4_Word microkit_vcpu_arm_read_reg(microkit_child vcpu, seL4_Word reg)
{
    seL4_ARM_VCPU_ReadRegs_t answer = seL4_ARM_VCPU_ReadRegs(BASE_VCPU_CAP + vcpu, reg);
    microkit_internal_check((seL4_Error)answer.error, "microkit_vcpu_arm_read_reg");
    return answer.value;
}

static inline void microkit_vcpu_arm_write_reg(microkit_child vcpu, seL4_Word reg, seL4_Word value)
{
    microkit_internal_check(seL4_ARM_VCPU_WriteRegs(BASE_VCPU_CAP + vcpu, reg, value), "microkit_vcpu_arm_write_reg");
}
#endif

#if defined(__x86_64__)
/* I/O ports, by the id of the run that the description gives. Port numbers are the machine's own. */
#define PRIDE_PORT_FUNCTIONS(bits)                                                                                      \
    static inline seL4_Uint##bits microkit_x86_ioport_read_##bits(microkit_ioport ioport_id, seL4_Word port_addr)       \
    {                                                                                                                   \
        if (!microkit_internal_has(microkit_ioports, ioport_id, "microkit_x86_ioport_read_" #bits)) {                   \
            return 0;                                                                                                   \
        }                                                                                                               \
        seL4_X86_IOPort_In##bits##_t answer = seL4_X86_IOPort_In##bits(BASE_IOPORT_CAP + ioport_id, (seL4_Uint16)port_addr); \
        microkit_internal_check((seL4_Error)answer.error, "microkit_x86_ioport_read_" #bits);                           \
        return answer.result;                                                                                           \
    }                                                                                                                   \
    static inline void microkit_x86_ioport_write_##bits(microkit_ioport ioport_id, seL4_Word port_addr, seL4_Word data) \
    {                                                                                                                   \
        if (microkit_internal_has(microkit_ioports, ioport_id, "microkit_x86_ioport_write_" #bits)) {                   \
            microkit_internal_check(                                                                                    \
                seL4_X86_IOPort_Out##bits(BASE_IOPORT_CAP + ioport_id, port_addr, data), "microkit_x86_ioport_write_" #bits); \
        }                                                                                                               \
    }

PRIDE_PORT_FUNCTIONS(8)
PRIDE_PORT_FUNCTIONS(16)
PRIDE_PORT_FUNCTIONS(32)

/* Virtual CPUs, by id. A PD with one runs its guest instead of waiting for events, while it is on; `fault` hears of each exit, with the
   words of sel4/x64.h, and the guest goes on when it returns true. Three fields of the VMCS go in and out with the guest and are kept here. */
#define MICROKIT_VMX_GUEST_RIP 0x0000681E
#define MICROKIT_VMX_CONTROL_PRIMARY_PROCESSOR_CONTROLS 0x00004002
#define MICROKIT_VMX_CONTROL_ENTRY_INTERRUPTION_INFO 0x00004016

/* The field's place, or NULL for one that the kernel keeps. */
static inline seL4_Word *microkit_internal_kept_field(seL4_Word field)
{
    switch (field) {
    case MICROKIT_VMX_GUEST_RIP:
        return &microkit_x86_vcpu_state.rip;
    case MICROKIT_VMX_CONTROL_PRIMARY_PROCESSOR_CONTROLS:
        return &microkit_x86_vcpu_state.prim_proc_ctl;
    case MICROKIT_VMX_CONTROL_ENTRY_INTERRUPTION_INFO:
        return &microkit_x86_vcpu_state.irq_info;
    default:
        return NULL;
    }
}

static inline seL4_Word microkit_vcpu_x86_read_vmcs(microkit_child vcpu, seL4_Word field)
{
    seL4_Word *kept = microkit_internal_kept_field(field);
    if (kept != NULL) {
        return *kept;
    }

    seL4_X86_VCPU_ReadVMCS_t answer = seL4_X86_VCPU_ReadVMCS(BASE_VCPU_CAP + vcpu, field);
    microkit_internal_check((seL4_Error)answer.error, "microkit_vcpu_x86_read_vmcs");
    return answer.value;
}

static inline void microkit_vcpu_x86_write_vmcs(microkit_child vcpu, seL4_Word field, seL4_Word value)
{
    seL4_Word *kept = microkit_internal_kept_field(field);
    if (kept != NULL) {
        *kept = value;
        return;
    }

    microkit_internal_check((seL4_Error)seL4_X86_VCPU_WriteVMCS(BASE_VCPU_CAP + vcpu, field, value).error, "microkit_vcpu_x86_write_vmcs");
}

static inline seL4_Word microkit_vcpu_x86_read_msr(microkit_child vcpu, seL4_Word field)
{
    seL4_X86_VCPU_ReadMSR_t answer = seL4_X86_VCPU_ReadMSR(BASE_VCPU_CAP + vcpu, field);
    microkit_internal_check((seL4_Error)answer.error, "microkit_vcpu_x86_read_msr");
    return answer.value;
}

static inline void microkit_vcpu_x86_write_msr(microkit_child vcpu, seL4_Word field, seL4_Word value)
{
    microkit_internal_check((seL4_Error)seL4_X86_VCPU_WriteMSR(BASE_VCPU_CAP + vcpu, field, value).error, "microkit_vcpu_x86_write_msr");
}

/* The guest may use these ports itself, or no more. */
static inline void microkit_vcpu_x86_enable_ioport(microkit_child vcpu, microkit_ioport ioport_id, seL4_Word port_addr, seL4_Word length)
{
    if (microkit_internal_has(microkit_ioports, ioport_id, "microkit_vcpu_x86_enable_ioport")) {
        microkit_internal_check(
            seL4_X86_VCPU_EnableIOPort(BASE_VCPU_CAP + vcpu, BASE_IOPORT_CAP + ioport_id, port_addr, port_addr + length - 1),
            "microkit_vcpu_x86_enable_ioport");
    }
}

static inline void microkit_vcpu_x86_disable_ioport(microkit_child vcpu, seL4_Word port_addr, seL4_Word length)
{
    microkit_internal_check(
        seL4_X86_VCPU_DisableIOPort(BASE_VCPU_CAP + vcpu, port_addr, port_addr + length - 1), "microkit_vcpu_x86_disable_ioport");
}

static inline void microkit_vcpu_x86_write_regs(microkit_child vcpu, seL4_VCPUContext *regs)
{
    microkit_internal_check(seL4_X86_VCPU_WriteRegisters(BASE_VCPU_CAP + vcpu, regs), "microkit_vcpu_x86_write_regs");
}

static inline void microkit_vcpu_x86_on(void)
{
    microkit_x86_vcpu_state.is_on = seL4_True;
}

static inline void microkit_vcpu_x86_off(void)
{
    microkit_x86_vcpu_state.is_on = seL4_False;
}
#endif
