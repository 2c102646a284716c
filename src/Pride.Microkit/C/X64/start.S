// Where a C PD starts on x86-64, and starts again: see AArch64/start.S. A function finds the stack 8 bytes off a multiple of 16.

    .section .text.start, "ax", @progbits
    .globl  _start
    .type   _start, @function
_start:
    cld
    movq    pride_stack_top(%rip), %rax
    testq   %rax, %rax
    jz      1f
    movq    %rax, %rsp
1:  andq    $-16, %rsp
    xorl    %ebp, %ebp
    call    main
    ud2
    .size   _start, . - _start

    .section .note.GNU-stack,"",@progbits
