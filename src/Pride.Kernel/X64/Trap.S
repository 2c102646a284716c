// System calls, interrupts and exceptions: saving a thread's registers, calling C#, restoring the next thread's.
//
// While the kernel runs, the base of gs is the core's state; while a PD runs, it lies in the other base register, so each entry from a PD
// and each return to one is a swapgs. The state's first words: the kernel stack's top, the current TCB, a place for one
// register, its own address, the vector of an interrupt. A TCB's first words are the registers (X64Registers.cs).
// C# handlers take (core, tcb, ...) and return the TCB to run.
//
// System calls come by syscall, which puts the program counter into rcx and the flags into r11 and changes nothing else. Where a thread's rcx
// and r11 are equal to its program counter and flags, sysret restores it; otherwise iret does.

#define CORE_STACK_TOP          0
#define CORE_CURRENT            8
#define CORE_ENTRY_SCRATCH      16
#define CORE_SELF               24
#define CORE_PENDING_VECTOR     32
#define CORE_SIZE               8192

// Numbers of system calls (Pride.Abi, SystemCalls.cs).
#define SYSTEM_CALL_SEND        -5
#define SYSTEM_CALL_RECEIVE     -7

#define RDI                     0
#define RSI                     8
#define RDX                     16
#define R10                     24
#define R8                      32
#define R9                      40
#define R15                     48
#define R12                     56
#define R13                     64
#define RAX                     72
#define RCX                     80
#define R11                     88
#define RIP                     96
#define FLAGS                   104
#define RSP                     112
#define RBX                     120
#define RBP                     128
#define R14                     136

// X64Core.cs: the descriptors of PDs, with privilege level 3.
#define USER_DATA               0x1B
#define USER_CODE               0x23

#define MSR_GS_BASE             0xC0000101
#define MSR_USER_GS_BASE        0xC0000102

// Flags: bit 1 is always set; interrupts.
#define FLAGS_NONE              2
#define FLAGS_INTERRUPTS        0x200

#define FIRST_INTERRUPT         32

// X64Interrupts.Vectors.
#define VECTORS                 0xA0

    .section .text, "ax"

// IA32_LSTAR. Interrupts and all flags that matter to the kernel are off (IA32_FMASK, X64Core.cs).
// First the short way (KernelFastPath.cs), which returns the thread to run, or 0: then the long way is taken.
// Call (-1) and ReplyRecv (-2) nearly always end in another thread, so all registers are saved at once; the message words go on in registers.
    .balign 16
    .global pride_system_call
    .type   pride_system_call, @function
pride_system_call:
    swapgs
    movq    %rsp, %gs:CORE_ENTRY_SCRATCH
    movq    %gs:CORE_CURRENT, %rsp
    movq    %rdi, RDI(%rsp)
    movq    %rsi, RSI(%rsp)
    movq    %rdx, RDX(%rsp)
    movq    %r10, R10(%rsp)
    movq    %r8, R8(%rsp)
    movq    %r9, R9(%rsp)
    movq    %r15, R15(%rsp)
    movq    %r12, R12(%rsp)
    movq    %r13, R13(%rsp)
    movq    %rax, RAX(%rsp)
    movq    %rcx, RCX(%rsp)
    movq    %r11, R11(%rsp)
    movq    %rcx, RIP(%rsp)
    movq    %r11, FLAGS(%rsp)
    movq    %gs:CORE_ENTRY_SCRATCH, %rax
    movq    %rax, RSP(%rsp)
    movq    %rsp, %rsi
    movq    %gs:CORE_SELF, %rdi
    movq    %gs:CORE_STACK_TOP, %rsp
    cmpq    $-2, %rdx
    jb      other_system_call
    movq    %rbx, RBX(%rsi)
    movq    %rbp, RBP(%rsi)
    movq    %r14, R14(%rsi)
    movq    %r8, %rcx                   // word 1; the second first, since its register takes the third
    movq    %r9, %r8
    movq    %r15, %r9
    je      reply_receive
    movq    %r10, %rdx
    call    pride_kernel_fast_call
    testq   %rax, %rax
    jnz     pride_return_to_user
long_way:
    movq    %gs:CORE_SELF, %rdi
    movq    %gs:CORE_CURRENT, %rsi
    call    pride_kernel_system_call
    jmp     pride_return_to_user

reply_receive:
    movq    %r10, %rdx
    call    pride_kernel_fast_reply_receive
    testq   %rax, %rax
    jnz     pride_return_to_user
    jmp     long_way

// Other calls often end in the same thread, so the registers that C# keeps are saved when they must be.
other_system_call:
    pushq   %rsi
    pushq   %rsi                        // twice, for the stack's alignment
    cmpq    $SYSTEM_CALL_SEND, %rdx
    je      send
    cmpq    $SYSTEM_CALL_RECEIVE, %rdx
    je      receive
    call    pride_kernel_fast_other
other_done:
    popq    %rsi
    cmpq    %rsi, %rax
    je      return_to_same
    movq    %rbx, RBX(%rsi)
    movq    %rbp, RBP(%rsi)
    movq    %r14, R14(%rsi)
    testq   %rax, %rax
    jz      long_way

// rax: the TCB to run.
    .global pride_return_to_user
pride_return_to_user:
    movq    RBX(%rax), %rbx
    movq    RBP(%rax), %rbp
    movq    R12(%rax), %r12
    movq    R13(%rax), %r13
    movq    R14(%rax), %r14
    movq    RIP(%rax), %rcx
    movq    FLAGS(%rax), %r11
    cmpq    %rcx, RCX(%rax)
    jne     return_to_interrupted
    cmpq    %r11, R11(%rax)
    jne     return_to_interrupted
    movq    %rax, %rdi
    jmp     return_by_sysret

send:
    movq    RDI(%rsi), %rdx             // the cap's pointer
    call    pride_kernel_fast_send
    jmp     other_done

receive:
    call    pride_kernel_fast_receive
    jmp     other_done

// rax: the TCB that runs on: what C# keeps, and where it goes on, has not changed.
return_to_same:
    movq    %rax, %rdi
    movq    RIP(%rdi), %rcx
    movq    FLAGS(%rdi), %r11
return_by_sysret:
    movq    RSI(%rdi), %rsi
    movq    RDX(%rdi), %rdx
    movq    R10(%rdi), %r10
    movq    R8(%rdi), %r8
    movq    R9(%rdi), %r9
    movq    R15(%rdi), %r15
    movq    RAX(%rdi), %rax
    movq    RSP(%rdi), %rsp
    movq    RDI(%rdi), %rdi
    swapgs
    sysretq

return_to_interrupted:
    movq    %rax, %rdi
    movq    %gs:CORE_STACK_TOP, %rsp
    pushq   $USER_DATA
    pushq   RSP(%rdi)
    pushq   %r11
    pushq   $USER_CODE
    pushq   %rcx
    movq    RSI(%rdi), %rsi
    movq    RDX(%rdi), %rdx
    movq    R10(%rdi), %r10
    movq    R8(%rdi), %r8
    movq    R9(%rdi), %r9
    movq    R15(%rdi), %r15
    movq    RAX(%rdi), %rax
    movq    RCX(%rdi), %rcx
    movq    R11(%rdi), %r11
    movq    RDI(%rdi), %rdi
    swapgs
    iretq
    .size   pride_system_call, . - pride_system_call

// All vectors come here with the vector number and an error code (0 where the CPU gives none) on the stack, above which the CPU has put
// program counter, code segment, flags, stack pointer and stack segment.
#define FRAME_ERROR             8
#define FRAME_RIP               16
#define FRAME_CS                24
#define FRAME_FLAGS             32
#define FRAME_RSP               40

trap:
    testb   $3, FRAME_CS(%rsp)
    jz      trap_in_kernel
    swapgs
    pushq   %rdi
    movq    %gs:CORE_CURRENT, %rdi
    movq    %rsi, RSI(%rdi)
    movq    %rdx, RDX(%rdi)
    movq    %r10, R10(%rdi)
    movq    %r8, R8(%rdi)
    movq    %r9, R9(%rdi)
    movq    %r15, R15(%rdi)
    movq    %r12, R12(%rdi)
    movq    %r13, R13(%rdi)
    movq    %rax, RAX(%rdi)
    movq    %rcx, RCX(%rdi)
    movq    %r11, R11(%rdi)
    movq    %rbx, RBX(%rdi)
    movq    %rbp, RBP(%rdi)
    movq    %r14, R14(%rdi)
    popq    RDI(%rdi)
    popq    %rdx
    popq    %rcx
    popq    RIP(%rdi)
    popq    %rax                        // the code segment, which is always the same
    popq    FLAGS(%rdi)
    popq    RSP(%rdi)
    movq    %gs:CORE_STACK_TOP, %rsp
    pushq   $FLAGS_NONE                 // of the thread's flags the kernel must not have: direction, alignment check, single step
    popfq
    movq    %rdi, %rsi
    movq    %gs:CORE_SELF, %rdi
    cmpl    $FIRST_INTERRUPT, %edx
    jae     interrupt
    movq    %cr2, %r8
    call    pride_kernel_exception
    jmp     pride_return_to_user

interrupt:
    movq    %rdx, CORE_PENDING_VECTOR(%rdi)
    call    pride_kernel_interrupt
    jmp     pride_return_to_user

// The kernel takes interrupts only while it waits for them (X64Instructions.WaitForInterrupt): the vector is noted, and the kernel goes on
// with interrupts off.
trap_in_kernel:
    cmpl    $FIRST_INTERRUPT, (%rsp)
    jb      kernel_fault
    pushq   %rax
    movq    8(%rsp), %rax
    movq    %rax, %gs:CORE_PENDING_VECTOR
    popq    %rax
    addq    $16, %rsp
    andq    $~FLAGS_INTERRUPTS, (FRAME_FLAGS - 16)(%rsp)
    iretq

// The kernel itself faulted, or the machine did (non-maskable interrupt, double fault, machine check: at any instruction, so either base may be
// the kernel's, which is in the upper half). The stack may be what is wrong, so the panic runs on the unused end of the core's state.
kernel_fault:
    movl    $MSR_GS_BASE, %ecx
    rdmsr
    testl   %edx, %edx
    js      1f
    movl    $MSR_USER_GS_BASE, %ecx
    rdmsr
1:  movl    %eax, %edi
    shlq    $32, %rdx
    orq     %rdx, %rdi
    movq    (%rsp), %rsi
    shlq    $32, %rsi
    orq     FRAME_ERROR(%rsp), %rsi     // the vector above the error code
    movq    %cr2, %rdx
    movq    FRAME_RIP(%rsp), %rcx
    movq    %rbp, %r8
    movq    FRAME_RSP(%rsp), %r9
    leaq    CORE_SIZE(%rdi), %rsp
    call    pride_kernel_fault
1:  hlt
    jmp     1b

// The interrupt descriptor table's targets, one every sixteen bytes (X64Core.cs).
    .balign 16
    .global pride_vectors
pride_vectors:
    .set    vector, 0
    .rept   VECTORS
    .balign 16
    .if     vector == 2 || vector == 18
    pushq   $0
    pushq   $vector
    jmp     kernel_fault
    .elseif vector == 8
    pushq   $vector
    jmp     kernel_fault
    .elseif (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    pushq   $vector
    jmp     trap
    .else
    pushq   $0
    pushq   $vector
    jmp     trap
    .endif
    .set    vector, vector + 1
    .endr

// Floating-point state (FpuState.cs). rdi: FpuState*.
    .global pride_fpu_save
    .type   pride_fpu_save, @function
pride_fpu_save:
    fxsave64 (%rdi)
    ret
    .size   pride_fpu_save, . - pride_fpu_save

    .global pride_fpu_load
    .type   pride_fpu_load, @function
pride_fpu_load:
    fxrstor64 (%rdi)
    ret
    .size   pride_fpu_load, . - pride_fpu_load

// One table for all cores (Intel SDM volume 3, 6.10); filled once at boot.
    .bss
    .balign 4096
    .global pride_interrupt_table
    .type   pride_interrupt_table, @object
pride_interrupt_table:
    .skip   VECTORS * 16
    .size   pride_interrupt_table, . - pride_interrupt_table
