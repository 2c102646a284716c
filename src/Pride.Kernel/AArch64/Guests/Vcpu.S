// The registers of a virtual CPU, from the CPU to Vcpu.cs and back: those of EL1 that a guest has and PDs do not need. Only in a hypervisor's kernel.
//
// With HCR_EL2.E2H set, names that end in _EL12 and _EL02 are the guest's registers (Arm ARM DDI 0487, D5.6.3). Written by their encodings, which need no extension of the assembler.

#if IsHypervisor

#define SCTLR_EL12      S3_5_C1_C0_0
#define CPACR_EL12      S3_5_C1_C0_2
#define TTBR0_EL12      S3_5_C2_C0_0
#define TTBR1_EL12      S3_5_C2_C0_1
#define TCR_EL12        S3_5_C2_C0_2
#define SPSR_EL12       S3_5_C4_C0_0
#define ELR_EL12        S3_5_C4_C0_1
#define AFSR0_EL12      S3_5_C5_C1_0
#define AFSR1_EL12      S3_5_C5_C1_1
#define ESR_EL12        S3_5_C5_C2_0
#define FAR_EL12        S3_5_C6_C0_0
#define MAIR_EL12       S3_5_C10_C2_0
#define AMAIR_EL12      S3_5_C10_C3_0
#define VBAR_EL12       S3_5_C12_C0_0
#define CONTEXTIDR_EL12 S3_5_C13_C0_1
#define CNTKCTL_EL12    S3_5_C14_C1_0
#define CNTV_CVAL_EL02  S3_5_C14_C3_2

    .macro store_pair first, second, offset
    mrs     x1, \first
    mrs     x2, \second
    stp     x1, x2, [x0, #\offset]
    .endm

    .macro load_pair first, second, offset
    ldp     x1, x2, [x0, #\offset]
    msr     \first, x1
    msr     \second, x2
    .endm

// All but the timer's control, which is stored when the guest is left.
    .macro every_register action
    \action SCTLR_EL12, CPACR_EL12, 0
    \action TTBR0_EL12, TTBR1_EL12, 16
    \action TCR_EL12, MAIR_EL12, 32
    \action AMAIR_EL12, CONTEXTIDR_EL12, 48
    \action ACTLR_EL1, AFSR0_EL12, 64
    \action AFSR1_EL12, ESR_EL12, 80
    \action FAR_EL12, PAR_EL1, 96
    \action VBAR_EL12, TPIDR_EL1, 112
    \action VMPIDR_EL2, SP_EL1, 128
    \action ELR_EL12, SPSR_EL12, 144
    \action CNTVOFF_EL2, CNTKCTL_EL12, 176
    .endm

    .section .text, "ax"

// x0: Vcpu*.
    .global pride_vcpu_store
    .type   pride_vcpu_store, %function
pride_vcpu_store:
    every_register store_pair
    mrs     x1, CNTV_CVAL_EL02
    str     x1, [x0, #168]
    ret
    .size   pride_vcpu_store, . - pride_vcpu_store

    .global pride_vcpu_load
    .type   pride_vcpu_load, %function
pride_vcpu_load:
    every_register load_pair
    ldr     x1, [x0, #168]
    msr     CNTV_CVAL_EL02, x1
    ret
    .size   pride_vcpu_load, . - pride_vcpu_load

#endif
