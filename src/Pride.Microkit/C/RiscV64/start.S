// Where a C PD starts on RISC-V, and starts again: see AArch64/start.S. gp stays unused.

    .section .text.start, "ax", @progbits
    .globl  _start
    .type   _start, @function
_start:
    lla     t0, pride_stack_top
    ld      t0, 0(t0)
    beqz    t0, 1f
    mv      sp, t0
1:  mv      s0, zero
    mv      ra, zero
    tail    main
    .size   _start, . - _start

    .section .note.GNU-stack,"",@progbits
