// A PD for the same test: tries each kind of access and reports by system calls. A forbidden one makes the stub kernel print F.

#define IPC_BUFFER      0x3FFFFFF000
#define HEAP            0x2000000000

    .macro say c
    mov     x0, #\c
    svc     #0
    .endm

    .text
    .global _start
_start:
    say     'p'
    ldr     x19, =pride_stack_top       // stack: push and pop
    ldr     x19, [x19]
    mov     sp, x19
    stp     x19, x19, [sp, #-16]!
    ldp     x19, x20, [sp], #16
    say     's'
    ldr     x19, =IPC_BUFFER
    str     x19, [x19, #8]
    say     'i'
    ldr     x19, =HEAP
    str     x19, [x19]
    say     'h'
    ldr     x19, =word
    ldr     x20, [x19]
    str     x20, [x19]
    say     'd'
    ldr     x19, =zeroes
    ldr     x20, [x19]
    cbnz    x20, 1f
    say     'z'
1:  str     x19, [sp]                   // F: the guard page above the stack
    adr     x19, _start
    str     x19, [x19]                  // F: code is not writable
    ldr     x19, null_address
    ldr     x20, [x19]                  // F: page 0 is not mapped
    ldr     x19, kernel_address
    ldr     x20, [x19]                  // F: the kernel is not reachable
    say     '.'
    b       .
null_address:
    .quad   0
kernel_address:
    .quad   0xFFFFFFFF80000000
    .ltorg

    .section .rodata
    .global pride_stack_top
    .type   pride_stack_top, %object
    .size   pride_stack_top, 8
pride_stack_top:
    .quad   0

    .data
word:
    .quad   42

    .bss
    .balign 4096
zeroes:
    .zero   8192
