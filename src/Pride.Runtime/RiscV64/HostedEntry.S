// The start of a hosted program on RISC-V 64 Linux: keeps the initial stack pointer for the collector's stack scan and
// goes to pride_main; the kernel has aligned the stack. The linker relaxes against gp, so gp is set first
// (psABI, "Global Pointer").

    .text
    .globl  _start
    .type   _start, @function
_start:
    .option push
    .option norelax
    lla     gp, __global_pointer$
    .option pop
    mv      s0, zero
    mv      ra, zero
    lla     t0, pride_initial_stack
    sd      sp, 0(t0)
    call    pride_main
    unimp
    .size   _start, . - _start

    .bss
    .globl  pride_initial_stack
    .balign 8
pride_initial_stack:
    .skip   8

    .section .note.GNU-stack,"",@progbits
