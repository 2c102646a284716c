// Where a PD starts on RISC-V, and starts again: a restart sets nothing but the program counter, so everything that
// a start needs is made here. Stack from a patched word, .data from its pristine copy, .bss zeroed.
//
// Symbols of the linker script: __pride_data_start/end (8-byte aligned), __pride_data_pristine, __pride_bss_start/end.
// gp stays unused: the linker does not relax against it unless it is told to.

    .section .text.entry, "ax", @progbits
    .globl  _start
    .type   _start, @function
_start:
    lla     t0, pride_stack_top
    ld      sp, 0(t0)
    mv      s0, zero
    mv      ra, zero

    lla     t0, __pride_data_start
    lla     t1, __pride_data_end
    lla     t2, __pride_data_pristine
    bgeu    t0, t1, 2f
1:  ld      t3, 0(t2)
    sd      t3, 0(t0)
    addi    t2, t2, 8
    addi    t0, t0, 8
    bltu    t0, t1, 1b

2:  lla     t0, __pride_bss_start
    lla     t1, __pride_bss_end
    bgeu    t0, t1, 4f
3:  sd      zero, 0(t0)
    addi    t0, t0, 8
    bltu    t0, t1, 3b

4:  call    pride_main
    unimp
    .size   _start, . - _start

    .section .note.GNU-stack,"",@progbits
