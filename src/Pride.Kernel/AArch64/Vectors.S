// Exceptions: saving a thread's registers, calling C#, restoring the next thread's.
//
// While a PD runs, SP_EL1 points to its TCB, whose first words are the registers (Aarch64Registers.cs: x0-x30, SP, PC, SPSR), and
// TPIDR_EL1 to the core's state, whose first word is the kernel stack's top. So entry needs no scratch register.
// C# handlers take (core, tcb, ...) and return the TCB to run. They keep to the AAPCS64; the kernel has no floating point.
// A chain of frame pointers through the kernel ends in the thread's own x29, which is not on the kernel's stack.
// A hypervisor's kernel is entered at EL2, from PDs and guests alike: names that end in _el1 are EL2's registers then, but for TPIDR_EL1, which is the guest's.

#if IsHypervisor
#define TPIDR   tpidr_el2
#else
#define TPIDR   tpidr_el1
#endif

// What a C function may change (and x19, which makes a pair). The rest stays in the CPU until it is known that another thread runs.
    .macro save_scratch_registers
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    str     x30, [sp, #240]
    .endm

// \tcb: the thread's TCB. Changes x10 to x12.
    .macro save_other_registers tcb
    stp     x20, x21, [\tcb, #160]
    stp     x22, x23, [\tcb, #176]
    stp     x24, x25, [\tcb, #192]
    stp     x26, x27, [\tcb, #208]
    stp     x28, x29, [\tcb, #224]
    mrs     x10, sp_el0
    mrs     x11, elr_el1
    mrs     x12, spsr_el1
    str     x10, [\tcb, #248]
    stp     x11, x12, [\tcb, #256]
    .endm

// x0: the core's state, x1: the TCB; and the kernel's stack.
    .macro enter_kernel
    mov     x1, sp
    mrs     x0, TPIDR
    ldr     x9, [x0]
    mov     sp, x9
    .endm

// All that save_scratch_registers saves but x18, x19 and x30.
    .macro restore_most_scratch_registers
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    .endm

    .macro vector target
    .balign 0x80
    b       \target
    .endm

    .section .text, "ax"

// A system call: first the short way (KernelFastPath.cs), which returns the thread to run, or 0: then the long way is taken.
// Call and ReplyRecv nearly always end in another thread, so all registers are saved at once; the message words stay in x2 to x5.
user_synchronous:
    save_scratch_registers
    enter_kernel
    mrs     x9, esr_el1
    lsr     x10, x9, #26
    cmp     x10, #0x15                  // SVC from AArch64 (Arm ARM, ESR_EL1.EC)
#if IsHypervisor
    b.ne    no_supervisor_call
#else
    b.ne    user_exception
#endif
    cmn     x7, #2
    b.lo    other_system_call
    save_other_registers x1
    b.eq    reply_receive
    bl      pride_kernel_fast_call
    cbnz    x0, pride_return_to_user
long_way:
    mrs     x0, TPIDR
    ldr     x1, [x0, #8]                // CoreState.Current
    bl      pride_kernel_system_call
    b       pride_return_to_user

reply_receive:
    bl      pride_kernel_fast_reply_receive
    cbnz    x0, pride_return_to_user
    b       long_way

// Other calls often end in the same thread, so the registers that C# keeps are saved when they must be. Signals and waiting are the most frequent.
other_system_call:
    mov     x19, x1
    cmn     x7, #5
    b.eq    send
    cmn     x7, #7
    b.ne    neither
    bl      pride_kernel_fast_receive
    cmp     x0, x19
    b.eq    return_to_same
other_done:
    save_other_registers x19
    cbnz    x0, pride_return_to_user
    b       long_way

send:
    ldr     x2, [x1]
    bl      pride_kernel_fast_send
    cmp     x0, x19
    b.eq    return_to_same
    b       other_done

neither:
    mov     x2, x7
    bl      pride_kernel_fast_other
    cmp     x0, x19
    b.eq    return_to_same
    b       other_done

#if IsHypervisor
// A guest's hypervisor call is a system call, as in seL4.
no_supervisor_call:
    cmp     x10, #0x16                  // HVC from AArch64
    b.ne    user_exception
    save_other_registers x1
    b       long_way
#endif

user_exception:
    save_other_registers x1
    mov     x2, x9
    mrs     x3, far_el1
    bl      pride_kernel_exception
    b       pride_return_to_user

user_system_error:
    save_scratch_registers
    enter_kernel
    mrs     x9, esr_el1
    b       user_exception

user_interrupt:
    save_scratch_registers
    enter_kernel
    save_other_registers x1
    bl      pride_kernel_interrupt

// x0: the TCB to run.
    .global pride_return_to_user
pride_return_to_user:
    ldp     x30, x2, [x0, #240]
    ldp     x3, x4, [x0, #256]
    msr     sp_el0, x2
    msr     elr_el1, x3
    msr     spsr_el1, x4
    ldp     x18, x19, [x0, #144]
    ldp     x20, x21, [x0, #160]
    ldp     x22, x23, [x0, #176]
    ldp     x24, x25, [x0, #192]
    ldp     x26, x27, [x0, #208]
    ldp     x28, x29, [x0, #224]
    mov     sp, x0
    restore_most_scratch_registers
    eret

// x0: the TCB that runs on: what C# keeps, and where it goes on, has not changed.
return_to_same:
    mov     sp, x0
    ldp     x18, x19, [sp, #144]
    ldr     x30, [sp, #240]
    restore_most_scratch_registers
    eret

// The kernel itself faulted. Its stack may be what is wrong, so the panic runs on the unused end of the core's state.
kernel_fault:
    mrs     x0, TPIDR
    add     x6, x0, #0x2000             // CoreState.Size
    mov     x5, sp
    mov     sp, x6
    mrs     x1, esr_el1
    mrs     x2, far_el1
    mrs     x3, elr_el1
    mov     x4, x29
    bl      pride_kernel_fault
1:  wfi
    b       1b

// Floating-point state (FpuState.cs): q0-q31, FPCR, FPSR. x0: FpuState*.
    .arch_extension fp
    .arch_extension simd
    .global pride_fpu_save
    .type   pride_fpu_save, %function
pride_fpu_save:
    stp     q0, q1, [x0, #0]
    stp     q2, q3, [x0, #32]
    stp     q4, q5, [x0, #64]
    stp     q6, q7, [x0, #96]
    stp     q8, q9, [x0, #128]
    stp     q10, q11, [x0, #160]
    stp     q12, q13, [x0, #192]
    stp     q14, q15, [x0, #224]
    stp     q16, q17, [x0, #256]
    stp     q18, q19, [x0, #288]
    stp     q20, q21, [x0, #320]
    stp     q22, q23, [x0, #352]
    stp     q24, q25, [x0, #384]
    stp     q26, q27, [x0, #416]
    stp     q28, q29, [x0, #448]
    stp     q30, q31, [x0, #480]
    mrs     x1, fpcr
    mrs     x2, fpsr
    str     x1, [x0, #512]
    str     x2, [x0, #520]
    ret
    .size   pride_fpu_save, . - pride_fpu_save

    .global pride_fpu_load
    .type   pride_fpu_load, %function
pride_fpu_load:
    ldp     q0, q1, [x0, #0]
    ldp     q2, q3, [x0, #32]
    ldp     q4, q5, [x0, #64]
    ldp     q6, q7, [x0, #96]
    ldp     q8, q9, [x0, #128]
    ldp     q10, q11, [x0, #160]
    ldp     q12, q13, [x0, #192]
    ldp     q14, q15, [x0, #224]
    ldp     q16, q17, [x0, #256]
    ldp     q18, q19, [x0, #288]
    ldp     q20, q21, [x0, #320]
    ldp     q22, q23, [x0, #352]
    ldp     q24, q25, [x0, #384]
    ldp     q26, q27, [x0, #416]
    ldp     q28, q29, [x0, #448]
    ldp     q30, q31, [x0, #480]
    ldr     x1, [x0, #512]
    ldr     x2, [x0, #520]
    msr     fpcr, x1
    msr     fpsr, x2
    ret
    .size   pride_fpu_load, . - pride_fpu_load

// The last of the text: what precedes it fills most of what its alignment leaves.
    .section .vectors, "ax"
    .balign 0x800
    .global pride_vectors
pride_vectors:
    vector  kernel_fault                // EL1 with SP_EL0: never used
    vector  kernel_fault
    vector  kernel_fault
    vector  kernel_fault
    vector  kernel_fault                // EL1: the kernel is wrong
    vector  kernel_fault
    vector  kernel_fault
    vector  kernel_fault
    vector  user_synchronous            // EL0, AArch64
    vector  user_interrupt
    vector  user_interrupt
    vector  user_system_error           // an access of the PD went wrong on the bus: its fault, not the kernel's
#if IsHypervisor
    vector  user_synchronous            // EL0, AArch32: a guest's program
    vector  user_interrupt
    vector  user_interrupt
    vector  user_system_error
#else
    vector  kernel_fault                // EL0, AArch32: cannot happen, SPSR never says so
    vector  kernel_fault
    vector  kernel_fault
    vector  kernel_fault
#endif
