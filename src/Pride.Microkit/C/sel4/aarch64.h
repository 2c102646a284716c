/* AArch64's part of the kernel interface: the registers of a system call (libsel4, sel4_arch/syscalls.h), the user context, SMC and virtual CPUs. */

#pragma once

/* x0 cap or badge, x1 message info, x2-x5 message registers 0-3, x6 reply cap, x7 number, x8 the cap that NBSend... sends to. */
static inline void pride_enter(struct pride_call *call, seL4_Word number, seL4_CPtr reply, seL4_CPtr send)
{
    register seL4_Word x0 __asm__("x0") = call->cap_or_badge;
    register seL4_Word x1 __asm__("x1") = call->info;
    register seL4_Word x2 __asm__("x2") = call->words[0];
    register seL4_Word x3 __asm__("x3") = call->words[1];
    register seL4_Word x4 __asm__("x4") = call->words[2];
    register seL4_Word x5 __asm__("x5") = call->words[3];
    register seL4_Word x6 __asm__("x6") = reply;
    register seL4_Word x7 __asm__("x7") = number;
    register seL4_Word x8 __asm__("x8") = send;
    __asm__ volatile("svc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5)
                     : "r"(x6), "r"(x7), "r"(x8)
                     : "memory");
    call->cap_or_badge = x0;
    call->info = x1;
    call->words[0] = x2;
    call->words[1] = x3;
    call->words[2] = x4;
    call->words[3] = x5;
}

/* 36 words, in the order in which the kernel reads and writes them. */
typedef struct seL4_UserContext_ {
    seL4_Word pc, sp, spsr;
    seL4_Word x0, x1, x2, x3, x4, x5, x6, x7, x8;
    seL4_Word x16, x17, x18, x29, x30;
    seL4_Word x9, x10, x11, x12, x13, x14, x15;
    seL4_Word x19, x20, x21, x22, x23, x24, x25, x26, x27, x28;
    seL4_Word tpidr_el0, tpidrro_el0;
} seL4_UserContext;

/* Function id and arguments of a firmware call, and what it answers. */
typedef struct seL4_ARM_SMCContext_ {
    seL4_Word x0, x1, x2, x3, x4, x5, x6, x7;
} seL4_ARM_SMCContext;

typedef seL4_CPtr seL4_ARM_SMC;
typedef seL4_CPtr seL4_ARM_VCPU;

static inline seL4_Error pride_invoke(seL4_CPtr cap, seL4_Word label, seL4_Word length);

static inline seL4_Error seL4_ARM_SMC_Call(seL4_ARM_SMC smc, const seL4_ARM_SMCContext *arguments, seL4_ARM_SMCContext *response)
{
    const int words = sizeof(*arguments) / sizeof(seL4_Word);
    for (int i = 0; i < words; i++) {
        seL4_SetMR(i, ((const seL4_Word *)arguments)[i]);
    }

    seL4_Error error = pride_invoke(smc, pride_labels.smc_call, (seL4_Word)words);
    for (int i = 0; error == seL4_NoError && i < words; i++) {
        ((seL4_Word *)response)[i] = seL4_GetMR(i);
    }

    return error;
}

static inline seL4_Error seL4_ARM_VCPU_InjectIRQ(seL4_ARM_VCPU vcpu, seL4_Uint16 irq, seL4_Uint8 priority, seL4_Uint8 group, seL4_Uint8 index)
{
    seL4_SetMR(0, (seL4_Word)irq | (seL4_Word)priority << 16 | (seL4_Word)group << 24 | (seL4_Word)index << 32);
    return pride_invoke(vcpu, pride_labels.vcpu_set_tcb + 1, 1);
}

static inline seL4_Error seL4_ARM_VCPU_AckVPPI(seL4_ARM_VCPU vcpu, seL4_Word irq)
{
    seL4_SetMR(0, irq);
    return pride_invoke(vcpu, pride_labels.vcpu_set_tcb + 4, 1);
}

typedef struct seL4_ARM_VCPU_ReadRegs {
    int error;
    seL4_Word value;
} seL4_ARM_VCPU_ReadRegs_t;

static inline seL4_ARM_VCPU_ReadRegs_t seL4_ARM_VCPU_ReadRegs(seL4_ARM_VCPU vcpu, seL4_Word field)
{
    seL4_SetMR(0, field);
    int error = (int)pride_invoke(vcpu, pride_labels.vcpu_set_tcb + 2, 1);
    return (seL4_ARM_VCPU_ReadRegs_t){ error, error == seL4_NoError ? seL4_GetMR(0) : 0 };
}

static inline seL4_Error seL4_ARM_VCPU_WriteRegs(seL4_ARM_VCPU vcpu, seL4_Word field, seL4_Word value)
{
    seL4_SetMR(0, field);
    seL4_SetMR(1, value);
    return pride_invoke(vcpu, pride_labels.vcpu_set_tcb + 3, 2);
}
