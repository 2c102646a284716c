// A kernel of a few instructions for the test of the image's layout: with the real entry code it turns the MMU on, goes to the
// first PD through the tables that the image builder made, and prints what the PD asks for.
//
// BootInfo offsets: Tcbs 48. Tcb offsets: Registers[32] (pc) 256, AddressSpace 288.

#define UART            0xFFFFFFC009000000
#define TCBS            48
#define TCB_PC          256
#define TCB_SPACE       288

    .text
    .global pride_kernel_check
pride_kernel_check:                      // no device tree is looked at here
    ret

    .global pride_kernel_start
pride_kernel_start:
    sub     sp, sp, #16                 // the kernel's stack is writable
    str     x30, [sp]
    ldr     x30, [sp]
    add     sp, sp, #16
    ret

    .global pride_kernel_start_other
pride_kernel_start_other:                // other cores are never started here
    b       .

    .global pride_return_to_user
pride_return_to_user:
    mov     w0, #'K'
    bl      put
    ldr     x1, =pride_boot_info
    ldr     x2, [x1, #TCBS]
    ldr     x3, [x2, #TCB_SPACE]
    msr     ttbr0_el1, x3
    isb
    ldr     x3, [x2, #TCB_PC]
    msr     elr_el1, x3
    msr     spsr_el1, xzr
    eret

put:
    ldr     x9, =UART
    str     w0, [x9]
    ret

    .balign 2048
    .global pride_vectors
pride_vectors:
    .rept 8
    .balign 128
    mov     w0, #'!'                    // an exception of the kernel's own
    bl      put
    b       .
    .endr
    .balign 128
    mrs     x10, esr_el1                // from EL0: a system call prints x0, anything else prints F and goes on behind it
    lsr     x10, x10, #26
    cmp     x10, #0x15
    b.eq    1f
    mov     w0, #'F'
    mrs     x10, elr_el1
    add     x10, x10, #4
    msr     elr_el1, x10
1:  bl      put
    eret
