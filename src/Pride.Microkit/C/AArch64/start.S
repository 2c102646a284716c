// Where a C PD starts, and starts again: a restart sets nothing but the program counter, so the stack is made here, from the word that
// Pride's image builder fills. Another builder leaves it zero and has set the stack pointer itself. Variables keep their values, as with libmicrokit.

    .section .text.start, "ax", %progbits
    .globl  _start
    .type   _start, %function
_start:
    adrp    x9, pride_stack_top
    ldr     x9, [x9, #:lo12:pride_stack_top]
    cbz     x9, 1f
    mov     sp, x9
1:  mov     x29, xzr
    mov     x30, xzr
    b       main
    .size   _start, . - _start

    .section .note.GNU-stack,"",%progbits
