/* A guest's first instructions and its exception vectors. All of a guest lies in the section `guest`, which a manager copies to the guest's memory; it runs wherever it is
   put at a multiple of 4 KiB. */

#include "guest.h"

    .section guest, "ax"
    .balign 4096
    .global guest_start
guest_start:
    mov     x0, #0
    b       enter
second_entry:
    mov     x0, #1
enter:
    ldr     x1, =GUEST_STACK_TOP
    msr     spsel, #1
    mov     sp, x1
    adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    isb
    bl      guest_main
1:  wfi
    b       1b
    .ltorg

    .macro handler kind
    .balign 0x80
    stp     x0, x1, [sp, #-16]!
    mov     x0, #\kind
    b       taken
    .endm

    .balign 2048
vectors:
    handler 0
    handler 1
    handler 2
    handler 3
    handler 4
    handler 5
    handler 6
    handler 7
    handler 8
    handler 9
    handler 10
    handler 11
    handler 12
    handler 13
    handler 14
    handler 15
    .balign 0x80

taken:
    stp     x2, x3, [sp, #-16]!
    stp     x4, x5, [sp, #-16]!
    stp     x6, x7, [sp, #-16]!
    stp     x8, x9, [sp, #-16]!
    stp     x10, x11, [sp, #-16]!
    stp     x12, x13, [sp, #-16]!
    stp     x14, x15, [sp, #-16]!
    stp     x16, x17, [sp, #-16]!
    stp     x18, x30, [sp, #-16]!
    bl      guest_exception
    ldp     x18, x30, [sp], #16
    ldp     x16, x17, [sp], #16
    ldp     x14, x15, [sp], #16
    ldp     x12, x13, [sp], #16
    ldp     x10, x11, [sp], #16
    ldp     x8, x9, [sp], #16
    ldp     x6, x7, [sp], #16
    ldp     x4, x5, [sp], #16
    ldp     x2, x3, [sp], #16
    ldp     x0, x1, [sp], #16
    eret
