// The start of a hosted program on x86-64 Linux: keeps the initial stack pointer for the collector's stack scan and
// goes to pride_main on an aligned stack (System V ABI, 3.4.1).

    .text
    .globl  _start
    .type   _start, @function
_start:
    movq    %rsp, pride_initial_stack(%rip)
    xorl    %ebp, %ebp
    andq    $-16, %rsp
    call    pride_main
    ud2
    .size   _start, . - _start

    .bss
    .globl  pride_initial_stack
    .balign 8
pride_initial_stack:
    .skip   8

    .section .note.GNU-stack,"",@progbits
