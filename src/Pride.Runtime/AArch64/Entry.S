// Where a PD starts on AArch64, and starts again: a restart sets nothing but the program counter, so everything that
// a start needs is made here. Stack from a patched word, .data from its pristine copy, .bss zeroed.
//
// Symbols of the linker script: __pride_data_start/end (8-byte aligned), __pride_data_pristine, __pride_bss_start/end.

    .section .text.entry, "ax", %progbits
    .globl  _start
    .type   _start, %function
_start:
    adrp    x0, pride_stack_top
    ldr     x0, [x0, #:lo12:pride_stack_top]
    mov     sp, x0
    mov     x29, xzr
    mov     x30, xzr

    adrp    x0, __pride_data_start
    add     x0, x0, #:lo12:__pride_data_start
    adrp    x1, __pride_data_end
    add     x1, x1, #:lo12:__pride_data_end
    adrp    x2, __pride_data_pristine
    add     x2, x2, #:lo12:__pride_data_pristine
1:  cmp     x0, x1
    b.hs    2f
    ldr     x3, [x2], #8
    str     x3, [x0], #8
    b       1b

2:  adrp    x0, __pride_bss_start
    add     x0, x0, #:lo12:__pride_bss_start
    adrp    x1, __pride_bss_end
    add     x1, x1, #:lo12:__pride_bss_end
3:  cmp     x0, x1
    b.hs    4f
    str     xzr, [x0], #8
    b       3b

4:  bl      pride_main
    udf     #0
    .size   _start, . - _start

    .section .note.GNU-stack,"",%progbits
