// The start of a hosted program on AArch64 Linux: keeps the initial stack pointer for the collector's stack scan and
// goes to pride_main; the kernel has aligned the stack.

    .text
    .globl  _start
    .type   _start, %function
_start:
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, sp
    adrp    x1, pride_initial_stack
    str     x0, [x1, #:lo12:pride_initial_stack]
    bl      pride_main
    udf     #0
    .size   _start, . - _start

    .bss
    .globl  pride_initial_stack
    .balign 8
pride_initial_stack:
    .skip   8

    .section .note.GNU-stack,"",%progbits
