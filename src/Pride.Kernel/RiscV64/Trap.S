// Traps: saving a thread's registers, calling C#, restoring the next thread's.
//
// While a PD runs, sscratch holds the address of the core's state, which is in tp while the kernel runs (and in sscratch still).
// Its words: the kernel stack's top, the current TCB, a place for one register. A TCB's first words are the registers
// (RiscV64Registers.cs: pc in the place of x0, then x1 to x31).
// C# handlers take (core, tcb, ...) and return the TCB to run. They keep to the psABI, which leaves tp alone; the kernel has no floating point.
// A chain of frame pointers through the kernel ends in the thread's own s0, which is not on the kernel's stack.

#define CORE_STACK_TOP          0
#define CORE_CURRENT            8
#define CORE_ENTRY_SCRATCH      16

// CoreState.Size, in pages of 4 KiB.
#define CORE_PAGES              2

// scause: an environment call from user mode (RISC-V privileged architecture, "scause").
// Numbers of system calls (Pride.Abi, SystemCalls.cs).
#define SYSTEM_CALL_SEND        -5
#define SYSTEM_CALL_RECEIVE     -7

#define CAUSE_USER_CALL         8

// sstatus.SPP: the trap came from supervisor mode.
#define STATUS_FROM_KERNEL      0x100

// What C# keeps, and where the thread goes on (t1). \tcb: its TCB.
    .macro save_other_registers tcb
    sd      t1, 0(\tcb)
    sd      gp, 24(\tcb)
    sd      s0, 64(\tcb)
    sd      s1, 72(\tcb)
    sd      s2, 144(\tcb)
    sd      s3, 152(\tcb)
    sd      s4, 160(\tcb)
    sd      s5, 168(\tcb)
    sd      s6, 176(\tcb)
    sd      s7, 184(\tcb)
    sd      s8, 192(\tcb)
    sd      s9, 200(\tcb)
    sd      s10, 208(\tcb)
    sd      s11, 216(\tcb)
    .endm

// a0: the core's state, a1: the TCB; and the kernel's stack.
    .macro enter_kernel
    mv      a1, sp
    mv      a0, tp
    ld      sp, CORE_STACK_TOP(tp)
    .endm

    .section .text, "ax"
    .balign 4
    .global pride_trap
pride_trap:
    csrrw   tp, sscratch, tp
    sd      sp, CORE_ENTRY_SCRATCH(tp)
    ld      sp, CORE_CURRENT(tp)
    sd      ra, 8(sp)
    sd      t0, 40(sp)
    sd      t1, 48(sp)
    sd      t2, 56(sp)
    sd      a0, 80(sp)
    sd      a1, 88(sp)
    sd      a2, 96(sp)
    sd      a3, 104(sp)
    sd      a4, 112(sp)
    sd      a5, 120(sp)
    sd      a6, 128(sp)
    sd      a7, 136(sp)
    sd      t3, 224(sp)
    sd      t4, 232(sp)
    sd      t5, 240(sp)
    sd      t6, 248(sp)
    ld      t0, CORE_ENTRY_SCRATCH(tp)
    sd      t0, 16(sp)
    csrrw   t0, sscratch, tp            // the thread's tp; sscratch keeps the core's state until the next trap
    sd      t0, 32(sp)
    csrr    t1, sepc
    csrr    t0, scause
    li      t2, CAUSE_USER_CALL
    bne     t0, t2, no_system_call

// A system call: first the short way (KernelFastPath.cs), which returns the thread to run, or 0: then the long way is taken.
// Call (-1) and ReplyRecv (-2) nearly always end in another thread, so all registers are saved at once; the message words stay in a2 to a5.
    addi    t1, t1, 4                   // the thread goes on behind the ecall
    enter_kernel
    li      t2, -2
    bltu    a7, t2, other_system_call
    save_other_registers a1
    beq     a7, t2, reply_receive
    call    pride_kernel_fast_call
    bnez    a0, pride_return_to_user
long_way:
    mv      a0, tp
    ld      a1, CORE_CURRENT(tp)
    call    pride_kernel_system_call
    j       pride_return_to_user

reply_receive:
    call    pride_kernel_fast_reply_receive
    bnez    a0, pride_return_to_user
    j       long_way

// Other calls often end in the same thread, so the registers that C# keeps are saved when they must be.
other_system_call:
    csrw    sepc, t1
    addi    sp, sp, -16
    sd      a1, 0(sp)
    li      t2, SYSTEM_CALL_SEND
    beq     a7, t2, send
    li      t2, SYSTEM_CALL_RECEIVE
    beq     a7, t2, receive
    mv      a2, a7
    call    pride_kernel_fast_other
other_done:
    ld      a1, 0(sp)
    beq     a0, a1, return_to_same
    csrr    t1, sepc
    save_other_registers a1
    beqz    a0, long_way
    j       pride_return_to_user

send:
    ld      a2, 80(a1)                  // the cap's pointer, which came in a0
    call    pride_kernel_fast_send
    j       other_done

receive:
    call    pride_kernel_fast_receive
    j       other_done

no_system_call:
    csrr    t2, sstatus
    andi    t2, t2, STATUS_FROM_KERNEL
    bnez    t2, kernel_fault
    enter_kernel
    save_other_registers a1
    bltz    t0, interrupt               // scause's highest bit
    mv      a2, t0
    csrr    a3, stval
    call    pride_kernel_exception
    j       pride_return_to_user

interrupt:
    call    pride_kernel_interrupt

// a0: the TCB to run.
    .global pride_return_to_user
pride_return_to_user:
    ld      t0, 0(a0)
    csrw    sepc, t0
    sc.d    t0, t0, (a0)                // ends a reservation of the thread before (the word is not changed, whether this succeeds or not)
    ld      gp, 24(a0)
    ld      s0, 64(a0)
    ld      s1, 72(a0)
    ld      s2, 144(a0)
    ld      s3, 152(a0)
    ld      s4, 160(a0)
    ld      s5, 168(a0)
    ld      s6, 176(a0)
    ld      s7, 184(a0)
    ld      s8, 192(a0)
    ld      s9, 200(a0)
    ld      s10, 208(a0)
    ld      s11, 216(a0)

// a0: the TCB that runs on: what C# keeps, and where it goes on, has not changed.
return_to_same:
    ld      ra, 8(a0)
    ld      sp, 16(a0)
    ld      tp, 32(a0)
    ld      t0, 40(a0)
    ld      t1, 48(a0)
    ld      t2, 56(a0)
    ld      a1, 88(a0)
    ld      a2, 96(a0)
    ld      a3, 104(a0)
    ld      a4, 112(a0)
    ld      a5, 120(a0)
    ld      a6, 128(a0)
    ld      a7, 136(a0)
    ld      t3, 224(a0)
    ld      t4, 232(a0)
    ld      t5, 240(a0)
    ld      t6, 248(a0)
    ld      a0, 80(a0)
    sret

// The kernel itself faulted. Its stack may be what is wrong, so the panic runs on the unused end of the core's state.
kernel_fault:
    mv      a0, tp
    csrr    a1, scause
    csrr    a2, stval
    csrr    a3, sepc
    mv      a4, s0
    ld      a5, CORE_ENTRY_SCRATCH(tp)
    lui     sp, CORE_PAGES
    add     sp, sp, tp
    call    pride_kernel_fault
1:  wfi
    j       1b

// Floating-point state (FpuState.cs): f0-f31, fcsr. a0: FpuState*.
    .option push
    .option arch, +f, +d
    .global pride_fpu_save
    .type   pride_fpu_save, @function
pride_fpu_save:
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fsd     f\n, (\n * 8)(a0)
    .endr
    frcsr   t0
    sd      t0, 512(a0)
    ret
    .size   pride_fpu_save, . - pride_fpu_save

    .global pride_fpu_load
    .type   pride_fpu_load, @function
pride_fpu_load:
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    fld     f\n, (\n * 8)(a0)
    .endr
    ld      t0, 512(a0)
    fscsr   t0
    ret
    .size   pride_fpu_load, . - pride_fpu_load
    .option pop
