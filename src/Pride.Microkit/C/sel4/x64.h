/* x86-64's part of the kernel interface: the registers of a system call (libsel4, sel4_arch/syscalls_syscall.h), the user context, I/O ports, virtual CPUs. */

#pragma once

/* rdi cap or badge, rsi message info, r10, r8, r9, r15 message registers 0-3, r12 reply cap, rdx number, r13 the cap that NBSend... sends to.
   The instruction takes rcx and r11; the kernel does not keep the stack pointer, so rbx does. */
static inline void pride_enter(struct pride_call *call, seL4_Word number, seL4_CPtr reply, seL4_CPtr send)
{
    register seL4_Word rdi __asm__("rdi") = call->cap_or_badge;
    register seL4_Word rsi __asm__("rsi") = call->info;
    register seL4_Word r10 __asm__("r10") = call->words[0];
    register seL4_Word r8 __asm__("r8") = call->words[1];
    register seL4_Word r9 __asm__("r9") = call->words[2];
    register seL4_Word r15 __asm__("r15") = call->words[3];
    register seL4_Word r12 __asm__("r12") = reply;
    register seL4_Word rdx __asm__("rdx") = number;
    register seL4_Word r13 __asm__("r13") = send;
    __asm__ volatile("movq %%rsp, %%rbx\n\tsyscall\n\tmovq %%rbx, %%rsp"
                     : "+r"(rdi), "+r"(rsi), "+r"(r10), "+r"(r8), "+r"(r9), "+r"(r15)
                     : "r"(r12), "r"(rdx), "r"(r13)
                     : "rbx", "rcx", "r11", "memory");
    call->cap_or_badge = rdi;
    call->info = rsi;
    call->words[0] = r10;
    call->words[1] = r8;
    call->words[2] = r9;
    call->words[3] = r15;
}

/* 20 words, in the order in which the kernel reads and writes them. */
typedef struct seL4_UserContext_ {
    seL4_Word rip, rsp, rflags, rax, rbx, rcx, rdx, rsi, rdi, rbp;
    seL4_Word r8, r9, r10, r11, r12, r13, r14, r15;
    seL4_Word fs_base, gs_base;
} seL4_UserContext;

#define PRIDE_PROGRAM_COUNTER rip

typedef seL4_CPtr seL4_X86_IOPort;

static inline seL4_Error pride_invoke(seL4_CPtr cap, seL4_Word label, seL4_Word length);

/* Behind the label of reading one byte stand those of reading two and four, then of writing one, two and four. */
enum { pride_port_in_8, pride_port_in_16, pride_port_in_32, pride_port_out_8, pride_port_out_16, pride_port_out_32 };

static inline seL4_Error pride_port_read(seL4_X86_IOPort cap, seL4_Word operation, seL4_Word port, seL4_Word *value)
{
    seL4_SetMR(0, port);
    seL4_Error error = pride_invoke(cap, pride_labels.io_port_in_8 + operation, 1);
    *value = error == seL4_NoError ? seL4_GetMR(0) : 0;
    return error;
}

static inline seL4_Error pride_port_write(seL4_X86_IOPort cap, seL4_Word operation, seL4_Word port, seL4_Word value)
{
    seL4_SetMR(0, port);
    seL4_SetMR(1, value);
    return pride_invoke(cap, pride_labels.io_port_in_8 + operation, 2);
}

#define PRIDE_PORT_READ(bits)                                                                        \
    typedef struct seL4_X86_IOPort_In##bits {                                                        \
        int error;                                                                                   \
        seL4_Uint##bits result;                                                                      \
    } seL4_X86_IOPort_In##bits##_t;                                                                  \
    static inline seL4_X86_IOPort_In##bits##_t seL4_X86_IOPort_In##bits(seL4_X86_IOPort cap, seL4_Uint16 port) \
    {                                                                                                \
        seL4_Word value;                                                                             \
        int error = (int)pride_port_read(cap, pride_port_in_##bits, port, &value);                   \
        return (seL4_X86_IOPort_In##bits##_t){ error, (seL4_Uint##bits)value };                      \
    }

#define PRIDE_PORT_WRITE(bits)                                                                       \
    static inline seL4_Error seL4_X86_IOPort_Out##bits(seL4_X86_IOPort cap, seL4_Word port, seL4_Word data) \
    {                                                                                                \
        return pride_port_write(cap, pride_port_out_##bits, port, data);                             \
    }

PRIDE_PORT_READ(8)
PRIDE_PORT_READ(16)
PRIDE_PORT_READ(32)
PRIDE_PORT_WRITE(8)
PRIDE_PORT_WRITE(16)
PRIDE_PORT_WRITE(32)

/* Virtual CPUs: seL4's calls where it was configured with VT-x for guests of 64 bits, as for Microkit's board x86_64_generic_vtx (libsel4, object-api-arch.xml and
   object-api-sel4-arch.xml of x86; arch/vmenter.h). Pride's kernel has no such objects on this architecture and refuses each call. */
typedef seL4_CPtr seL4_X86_VCPU;

/* A guest's registers, in the order of the call's words. */
typedef struct seL4_VCPUContext_ {
    seL4_Word eax, ebx, ecx, edx, esi, edi, ebp;
    seL4_Word r8, r9, r10, r11, r12, r13, r14, r15;
} seL4_VCPUContext;

/* Words of an entry into the guest, then those that only an exit by a fault adds. */
enum {
    SEL4_VMENTER_CALL_EIP_MR,
    SEL4_VMENTER_CALL_CONTROL_PPC_MR,
    SEL4_VMENTER_CALL_INTERRUPT_INFO_MR,
    SEL4_VMENTER_FAULT_REASON_MR,
    SEL4_VMENTER_FAULT_QUALIFICATION_MR,
    SEL4_VMENTER_FAULT_INSTRUCTION_LEN_MR,
    SEL4_VMENTER_FAULT_GUEST_PHYSICAL_MR,
    SEL4_VMENTER_FAULT_RFLAGS_MR,
    SEL4_VMENTER_FAULT_GUEST_INT_MR,
    SEL4_VMENTER_FAULT_CR3_MR,
    SEL4_VMENTER_FAULT_EAX,
    SEL4_VMENTER_FAULT_EBX,
    SEL4_VMENTER_FAULT_ECX,
    SEL4_VMENTER_FAULT_EDX,
    SEL4_VMENTER_FAULT_ESI,
    SEL4_VMENTER_FAULT_EDI,
    SEL4_VMENTER_FAULT_EBP,
    SEL4_VMENTER_FAULT_R8,
    SEL4_VMENTER_FAULT_R9,
    SEL4_VMENTER_FAULT_R10,
    SEL4_VMENTER_FAULT_R11,
    SEL4_VMENTER_FAULT_R12,
    SEL4_VMENTER_FAULT_R13,
    SEL4_VMENTER_FAULT_R14,
    SEL4_VMENTER_FAULT_R15,
    SEL4_VMENTER_NUM_FAULT_MSGS,
};

#define SEL4_VMENTER_RESULT_NOTIF 0
#define SEL4_VMENTER_RESULT_FAULT 1
#define SEL4_VMENTER_RESULT_NOTIF_LEN 3
#define SEL4_VMENTER_RESULT_FAULT_LEN SEL4_VMENTER_NUM_FAULT_MSGS

enum { seL4_SysVMEnter = -32 };

static inline seL4_MessageInfo_t seL4_Call(seL4_CPtr cap, seL4_MessageInfo_t info);
static inline seL4_MessageInfo_t pride_exchange(seL4_Word number, seL4_CPtr cap, seL4_MessageInfo_t info, seL4_CPtr reply, seL4_CPtr send, seL4_Word *badge);

/* The calls behind vcpu_set_tcb; those of model-specific registers stand among the calls of page tables, so many labels before it. */
enum { pride_vcpu_read_vmcs = 1, pride_vcpu_write_vmcs, pride_vcpu_enable_io_port, pride_vcpu_disable_io_port, pride_vcpu_write_registers };
enum { pride_vcpu_read_msr = -25, pride_vcpu_write_msr = -24 };

/* Runs the guest of this thread's virtual CPU until it faults (seL4's words of a fault are then in the message registers) or a notification comes, whose badge it gives. */
static inline seL4_Word seL4_VMEnter(seL4_Word *sender)
{
    seL4_Word badge;
    seL4_Word result = pride_exchange((seL4_Word)seL4_SysVMEnter, 0, (seL4_MessageInfo_t){{ 0 }}, 0, 0, &badge).words[0];
    if (result == SEL4_VMENTER_RESULT_NOTIF && sender != NULL) {
        *sender = badge;
    }

    return result;
}

static inline seL4_Error seL4_X86_VCPU_SetTCB(seL4_X86_VCPU vcpu, seL4_CPtr tcb)
{
    seL4_SetCap(0, tcb);
    return (seL4_Error)seL4_MessageInfo_get_label(seL4_Call(vcpu, seL4_MessageInfo_new(pride_labels.vcpu_set_tcb, 0, 1, 0)));
}

/* A field's or a register's number goes in, with a value when it is written; what is read, or what was written in the end, comes back. */
#define PRIDE_VCPU_READ(name, operation)                                                             \
    typedef struct seL4_X86_VCPU_##name {                                                            \
        int error;                                                                                   \
        seL4_Word value;                                                                             \
    } seL4_X86_VCPU_##name##_t;                                                                      \
    static inline seL4_X86_VCPU_##name##_t seL4_X86_VCPU_##name(seL4_X86_VCPU vcpu, seL4_Word field) \
    {                                                                                                \
        seL4_SetMR(0, field);                                                                        \
        int error = (int)pride_invoke(vcpu, pride_labels.vcpu_set_tcb + (operation), 1);             \
        return (seL4_X86_VCPU_##name##_t){ error, error == seL4_NoError ? seL4_GetMR(0) : 0 };       \
    }

#define PRIDE_VCPU_WRITE(name, operation)                                                            \
    typedef struct seL4_X86_VCPU_##name {                                                            \
        int error;                                                                                   \
        seL4_Word written;                                                                           \
    } seL4_X86_VCPU_##name##_t;                                                                      \
    static inline seL4_X86_VCPU_##name##_t seL4_X86_VCPU_##name(seL4_X86_VCPU vcpu, seL4_Word field, seL4_Word value) \
    {                                                                                                \
        seL4_SetMR(0, field);                                                                        \
        seL4_SetMR(1, value);                                                                        \
        int error = (int)pride_invoke(vcpu, pride_labels.vcpu_set_tcb + (operation), 2);             \
        return (seL4_X86_VCPU_##name##_t){ error, error == seL4_NoError ? seL4_GetMR(0) : 0 };       \
    }

PRIDE_VCPU_READ(ReadVMCS, pride_vcpu_read_vmcs)
PRIDE_VCPU_WRITE(WriteVMCS, pride_vcpu_write_vmcs)
PRIDE_VCPU_READ(ReadMSR, pride_vcpu_read_msr)
PRIDE_VCPU_WRITE(WriteMSR, pride_vcpu_write_msr)

/* Lets the guest use the ports from low to high itself, which must be of this cap. */
static inline seL4_Error seL4_X86_VCPU_EnableIOPort(seL4_X86_VCPU vcpu, seL4_X86_IOPort ports, seL4_Word low, seL4_Word high)
{
    seL4_SetCap(0, ports);
    seL4_SetMR(0, low);
    seL4_SetMR(1, high);
    seL4_MessageInfo_t info = seL4_MessageInfo_new(pride_labels.vcpu_set_tcb + pride_vcpu_enable_io_port, 0, 1, 2);
    return (seL4_Error)seL4_MessageInfo_get_label(seL4_Call(vcpu, info));
}

static inline seL4_Error seL4_X86_VCPU_DisableIOPort(seL4_X86_VCPU vcpu, seL4_Word low, seL4_Word high)
{
    seL4_SetMR(0, low);
    seL4_SetMR(1, high);
    return pride_invoke(vcpu, pride_labels.vcpu_set_tcb + pride_vcpu_disable_io_port, 2);
}

static inline seL4_Error seL4_X86_VCPU_WriteRegisters(seL4_X86_VCPU vcpu, const seL4_VCPUContext *registers)
{
    const seL4_Word *words = (const seL4_Word *)registers;
    const int count = sizeof(*registers) / sizeof(seL4_Word);
    for (int i = 0; i < count; i++) {
        seL4_SetMR(i, words[i]);
    }

    return pride_invoke(vcpu, pride_labels.vcpu_set_tcb + pride_vcpu_write_registers, (seL4_Word)count);
}
