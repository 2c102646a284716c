// From the boot loader to C#: the RISC-V boot header, the MMU, the jump to the kernel's window.
//
// Boot protocol: Linux, Documentation/arch/riscv/boot.rst: supervisor mode, MMU off, interrupts off, a0 = this hart, a1 = device
// tree (only compared with the board: TreePlatform.cs). All facts come from the BootInfo page (BootInfo.cs gives the offsets).
// An image that lies elsewhere than it was built for is moved there first (Relocations.cs), if the distance is a multiple of 2 MiB. One that cannot be says so on the
// firmware's console, and the boot core stops here.

#define BOOT_MAGIC              0
#define BOOT_KERNEL_ROOT        8
#define BOOT_LOAD_ADDRESS       24
#define BOOT_CORES              32
#define BOOT_CORE_COUNT         40
#define BOOT_ZERO_START         112
#define BOOT_ZERO_END           120
#define BOOT_BUILT_FOR          136
#define BOOT_RELOCATION_OFFSET  144
#define BOOT_RELOCATION_COUNT   152
#define CORE_STACK_TOP          0
#define CORE_HARDWARE_ID        40
#define CORE_HART_GATE          48
#define CORE_STATE_BYTES        8192

// Bits of CoreState.HartGate.
#define HAS_COME                1
#define ARE_NAMED               2

// An entry of the list of relocations (BootInfo.cs): first word, 32 bits; words, 24 bits; kind.
#define RELOCATION_COUNT_SHIFT  32
#define RELOCATION_COUNT_BITS   24
#define RELOCATION_KIND_SHIFT   56
#define LARGE_PAGE_SHIFT        21

#define IMAGE_WINDOW            0xFFFFFFFF80000000
#define PHYSICAL_WINDOW         0xFFFFFFC000000000
#define SATP_SV39               (8 << 60)

// The firmware prints the character in a0 (Sbi.cs); it leaves all registers but a0 and a1 as they are.
#define SBI_PUT_CHARACTER       1

    .section .head.text, "ax"
    .global pride_image_header
    .option push
    .option norvc
pride_image_header:
    j       start
    .long   0
    .quad   0x200000                    // text_offset: where the firmware's 2 MiB end
    .global pride_image_size
    .type   pride_image_size, @object
pride_image_size:
    .quad   pride_kernel_file_bytes     // image_size: the image builder writes the whole image's
    .quad   0                           // flags: little endian
    .long   2                           // version 0.2 of this header
    .long   0
    .quad   0
    .ascii  "RISCV\0\0\0"
    .ascii  "RSC\x05"
    .long   0
    .size   pride_image_size, . - pride_image_size
    .option pop

// Where the firmware lets another hart come in (Harts.cs), as it lets the boot hart: MMU off, interrupts off. a0: its number, a1: its CoreState.
    .balign 4
    .global pride_other_core
    .type   pride_other_core, @function
pride_other_core:
    mv      s1, a1
    j       1f

start:
    lla     t0, pride_boot_info
    lla     s6, pride_image_header
    ld      t1, BOOT_BUILT_FOR(t0)
    sub     s6, s6, t1                  // how far the image lies above the place that it was built for
    ld      t0, BOOT_CORES(t0)
    li      t1, PHYSICAL_WINDOW
    sub     t0, t0, t1
    add     t0, t0, s6
    addi    t0, t0, CORE_HART_GATE
    li      s1, HAS_COME                // no state is there: a core that does not know which it is
    amoor.d.aqrl t1, s1, (t0)
    bnez    t1, 1f
    mv      s5, a1
    mv      s1, zero                    // the boot core
1:  mv      s2, a0
    rdtime  s4
    csrw    sie, zero
    lla     t0, pride_boot_info
    ld      t1, BOOT_MAGIC(t0)
    li      t2, 0x0001494264697250
    bne     t1, t2, no_boot_information
    lla     t1, pride_image_header
    ld      t2, BOOT_LOAD_ADDRESS(t0)
    bne     t1, t2, move

at_its_place:
    // The kernel's tables do not map this code here. So the first fetch after the MMU is on faults, and goes on where stvec says:
    // at the same code in the kernel's window.
    li      t3, IMAGE_WINDOW
    sub     t3, t3, t2
    lla     t4, in_kernel_window
    add     t3, t3, t4
    csrw    stvec, t3
    ld      t1, BOOT_KERNEL_ROOT(t0)
    srli    t1, t1, 12
    li      t2, SATP_SV39
    or      t1, t1, t2
    sfence.vma
    csrw    satp, t1
2:  j       2b                          // not reached

    .balign 4
in_kernel_window:
    lla     t0, pride_trap
    csrw    stvec, t0
    lla     s3, pride_boot_info
    bnez    s1, other_core

    // The device tree is looked at while it is there; the stack on which that is done is zeroed as well.
    ld      tp, BOOT_CORES(s3)
    csrw    sscratch, tp
    ld      sp, CORE_STACK_TOP(tp)
    mv      s0, zero
    mv      a0, tp
    mv      a1, s3
    mv      a2, s5
    call    pride_kernel_check

    // Stacks, heaps and regions, which the image file does not hold; through the physical window. Whole pages.
    ld      t0, BOOT_ZERO_START(s3)
    ld      t1, BOOT_ZERO_END(s3)
    ld      t2, BOOT_LOAD_ADDRESS(s3)
    ld      t3, BOOT_BUILT_FOR(s3)
    sub     t2, t2, t3
    sub     t0, t0, t2
    sub     t1, t1, t2
    li      t2, PHYSICAL_WINDOW
    or      t0, t0, t2
    or      t1, t1, t2
    bgeu    t0, t1, 2f
1:  sd      zero, 0(t0)
    sd      zero, 8(t0)
    sd      zero, 16(t0)
    sd      zero, 24(t0)
    sd      zero, 32(t0)
    sd      zero, 40(t0)
    sd      zero, 48(t0)
    sd      zero, 56(t0)
    sd      zero, 64(t0)
    sd      zero, 72(t0)
    sd      zero, 80(t0)
    sd      zero, 88(t0)
    sd      zero, 96(t0)
    sd      zero, 104(t0)
    sd      zero, 112(t0)
    sd      zero, 120(t0)
    addi    t0, t0, 128
    bltu    t0, t1, 1b
2:
    mv      s0, zero
    mv      a0, tp
    mv      a1, s3
    mv      a2, s2
    mv      a3, s4
    call    pride_kernel_start
    j       pride_return_to_user

other_core:
    li      t0, HAS_COME
    bne     s1, t0, 3f

    // Which core this hart is; none: the board has fewer.
    ld      s1, BOOT_CORES(s3)
1:  ld      t0, CORE_HART_GATE(s1)
    andi    t0, t0, ARE_NAMED
    beqz    t0, 1b
    fence   r, rw
    lwu     t1, BOOT_CORE_COUNT(s3)
    li      t2, CORE_STATE_BYTES
2:  addi    t1, t1, -1
    beqz    t1, no_core
    add     s1, s1, t2
    ld      t0, CORE_HARDWARE_ID(s1)
    bne     t0, s2, 2b

3:  mv      tp, s1
    csrw    sscratch, tp
    ld      sp, CORE_STACK_TOP(tp)
    mv      s0, zero
    mv      a0, tp
    mv      a1, s3
    call    pride_kernel_start_other
    j       pride_return_to_user

// The image lies elsewhere than it was built for (t1: where; s6: how far): each word that holds an address of its memory gets the new one.
move:
    slli    t2, s6, 64 - LARGE_PAGE_SHIFT
    bnez    t2, wrong_load_address
    ld      t3, BOOT_RELOCATION_COUNT(t0)
    beqz    t3, wrong_load_address
    ld      t2, BOOT_RELOCATION_OFFSET(t0)
    add     t2, t2, t1
1:  ld      t4, 0(t2)
    addi    t2, t2, 8
    srli    t5, t4, RELOCATION_KIND_SHIFT
    sra     t5, s6, t5
    slli    t6, t4, 64 - RELOCATION_COUNT_SHIFT - RELOCATION_COUNT_BITS
    srli    t6, t6, 64 - RELOCATION_COUNT_BITS
    slli    t4, t4, 64 - RELOCATION_COUNT_SHIFT
    srli    t4, t4, 64 - RELOCATION_COUNT_SHIFT - 3
    add     t4, t4, t1
2:  ld      a2, 0(t4)
    add     a2, a2, t5
    sd      a2, 0(t4)
    addi    t4, t4, 8
    addi    t6, t6, -1
    bnez    t6, 2b
    addi    t3, t3, -1
    bnez    t3, 1b
    mv      t2, t1
    j       at_its_place

no_core:
    wfi
    j       no_core

no_boot_information:
    wfi
    j       no_boot_information

wrong_load_address:
    j       refuse

// What runs only while the MMU is off needs no place among what is executable.
    .section .rodata.entry, "a"
    .balign 4

// t1: where the image lies. Says so, as BootProblem.cs says what is wrong.
refuse:
    li      a7, SBI_PUT_CHARACTER
    lla     t3, text_found
    jal     t2, print
    mv      t3, t1
    jal     t2, print_number
    lla     t3, text_expected
    jal     t2, print
    ld      t3, BOOT_BUILT_FOR(t0)
    jal     t2, print_number
    lla     t3, text_end
    jal     t2, print
1:  wfi
    j       1b

// Prints the text at t3, which a zero ends; returns to t2. Changes t3, a0.
print:
    lbu     a0, 0(t3)
    beqz    a0, 1f
    ecall
    addi    t3, t3, 1
    j       print
1:  jr      t2

// Prints t3, 16 digits; returns to t2. Changes t4, t5, a0.
print_number:
    li      t4, 60
1:  srl     a0, t3, t4
    andi    a0, a0, 15
    li      t5, 10
    blt     a0, t5, 2f
    addi    a0, a0, 'a' - '9' - 1
2:  addi    a0, a0, '0'
    ecall
    addi    t4, t4, -4
    bgez    t4, 1b
    jr      t2

text_found:
    .asciz  "\nPride kernel panic: the image was built for another place and cannot be moved: found 0x"
text_expected:
    .asciz  ", expected 0x"
text_end:
    .asciz  "\n"

    .section .pride.boot, "a"
    .balign 4096
    .global pride_boot_info
    .type   pride_boot_info, @object
pride_boot_info:
    .zero   4096
    .size   pride_boot_info, 4096
