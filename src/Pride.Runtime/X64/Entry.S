// Where a PD starts on x86-64, and starts again: a restart sets nothing but the program counter, so everything that
// a start needs is made here. Stack from a patched word, .data from its pristine copy, .bss zeroed.
//
// Symbols of the linker script: __pride_data_start/end (8-byte aligned), __pride_data_pristine, __pride_bss_start/end.
// The direction flag is what the ABI wants it to be after this, whatever it was.

    .section .text.entry, "ax", @progbits
    .globl  _start
    .type   _start, @function
_start:
    cld
    movq    pride_stack_top(%rip), %rsp
    xorl    %ebp, %ebp

    leaq    __pride_data_start(%rip), %rdi
    leaq    __pride_data_end(%rip), %rcx
    leaq    __pride_data_pristine(%rip), %rsi
    subq    %rdi, %rcx
    shrq    $3, %rcx
    rep movsq

    leaq    __pride_bss_start(%rip), %rdi
    leaq    __pride_bss_end(%rip), %rcx
    subq    %rdi, %rcx
    shrq    $3, %rcx
    xorl    %eax, %eax
    rep stosq

    call    pride_main
    ud2
    .size   _start, . - _start

    .section .note.GNU-stack,"",@progbits
