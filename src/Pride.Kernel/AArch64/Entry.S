// From the boot loader to C#: the arm64 boot header, EL2 to EL1 (a hypervisor's kernel stays at EL2), the MMU, the jump to the kernel's window.
//
// Boot protocol: Linux, Documentation/arch/arm64/booting.rst: MMU off, caches off, interrupts masked, EL1 or EL2, x0 = device
// tree (only compared with the board: TreePlatform.cs). All facts come from the BootInfo page (BootInfo.cs gives the offsets).
// An image that lies elsewhere than it was built for is moved there first (Relocations.cs), if the distance is a multiple of 2 MiB. One that cannot be says so on the
// board's UART, and the boot core stops here.

#define BOOT_MAGIC              0
#define BOOT_KERNEL_ROOT        8
#define BOOT_IDENTITY_ROOT      16
#define BOOT_LOAD_ADDRESS       24
#define BOOT_CORES              32
#define BOOT_ZERO_START         112
#define BOOT_ZERO_END           120
#define BOOT_BUILT_FOR          136
#define BOOT_RELOCATION_OFFSET  144
#define BOOT_RELOCATION_COUNT   152
#define BOOT_CONSOLE_UART       160
#define BOOT_CONSOLE_DATA       168
#define BOOT_CONSOLE_STATUS     172
#define BOOT_CONSOLE_BUSY       176             // mask and value
#define BOOT_CONSOLE_ENABLE     184             // register and value
#define CORE_STACK_TOP          0
#define CORE_STATE_SHIFT        13

// An entry of the list of relocations (BootInfo.cs): first word, 32 bits; words, 24 bits; kind.
#define RELOCATION_COUNT_SHIFT  32
#define RELOCATION_COUNT_BITS   24
#define RELOCATION_KIND_SHIFT   56
#define LARGE_PAGE              0x200000

// What is below the physical window's base in an address in it.
#define PHYSICAL_MASK           0x0000003FFFFFFFFF

// Translation tables of 4 KiB granules: an address's 9 bits for the level, from the root down to the level above the last; the address in a descriptor.
#define ROOT_SHIFT              39
#define LOWEST_SHIFT            21
#define LEVEL_BITS              9
#define TABLE_ADDRESS           0x0000FFFFFFFFF000

// Attribute 0 Device-nGnRnE, 1 Normal write-back, 2 Normal non-cacheable (Aarch64PageTable.Mair).
#define MAIR_VALUE              0x000000000044FF00

// T0SZ = T1SZ = 16 (48 bits), 4 KiB granules, tables inner-shareable and write-back, 16-bit ASIDs taken from TTBR0
// (Arm ARM DDI 0487, TCR_EL1). IPS (bits 34..32) is added from ID_AA64MMFR0_EL1.
#define TCR_VALUE               0x00000010B5103510

// RES1 bits of SCTLR_EL1 in Armv8.0, and: M, C, SA, SA0, I, DZE, UCT, nTWI, nTWE, WXN, UCI.
#define SCTLR_RES1              0x30D00800
#define SCTLR_VALUE             (SCTLR_RES1 | 0x0000101D | 0x0001C000 | 0x00040000 | 0x00080000 | 0x04000000)

#if IsHypervisor
// HCR_EL2: E2H, TGE, RW (Hypervisor.cs).
#define HCR_FOR_USERS           0x0000000488000000

// Debug and performance registers trap (TDRA, TDOSA, TDA, TPM, TPMCR); a guest's breakpoint instructions are its own (Arm ARM, MDCR_EL2).
#define MDCR_VALUE              0x00000E60

// 39-bit guest-physical addresses from level 1, write-back and inner-shareable tables, 8-bit VMIDs. PS (bits 18..16) is added.
#define VTCR_VALUE              0x80003559
#define TPIDR                   tpidr_el2
#else
#define TPIDR                   tpidr_el1
#endif

// Makes the core what x0, its state, says: C# can be called then. Changes x2.
    .macro take_stack
#if IsHypervisor
    mrs     x2, CurrentEL
    tbz     x2, #3, 1f                  // not at EL2: pride_kernel_check will say so
    msr     tpidr_el2, x0
1:
#else
    msr     tpidr_el1, x0
#endif
    ldr     x2, [x0, #CORE_STACK_TOP]
    msr     spsel, #1
    mov     sp, x2
    isb
    mov     x29, xzr
    mov     x30, xzr
    .endm

    .section .head.text, "ax"
    .global pride_image_header
pride_image_header:
    b       start
    .long   0
    .quad   0                           // text_offset: the image lies at a multiple of 2 MiB
    .global pride_image_size
pride_image_size:
    .quad   pride_kernel_file_bytes     // image_size: the image builder writes the whole image's
    .quad   0xA                         // flags: little endian, 4 KiB pages, anywhere in memory
    .quad   0
    .quad   0
    .quad   0
    .ascii  "ARM\x64"
    .long   0

// Where another core comes in that has waited at a spin table, with nothing in its registers: it knows itself by its affinity.
    .global pride_spun_core
    .type   pride_spun_core, %function
pride_spun_core:
    mrs     x1, mpidr_el1
    and     x1, x1, #0xff
    adrp    x2, pride_boot_info
    add     x2, x2, :lo12:pride_boot_info
    ldr     x0, [x2, #BOOT_CORES]
    add     x0, x0, x1, lsl #CORE_STATE_SHIFT

// Where the firmware lets another core come in (Cores.cs), as it lets the boot core: MMU off, interrupts masked. x0: its CoreState.
    .global pride_other_core
    .type   pride_other_core, %function
pride_other_core:
    mov     x20, x0
    b       1f

start:
    mov     x21, x0
    mov     x20, xzr                    // the boot core
1:  msr     daifset, #0xf
    adrp    x19, pride_boot_info
    add     x19, x19, :lo12:pride_boot_info
    ldr     x0, [x19, #BOOT_MAGIC]
    ldr     x1, =0x0001494264697250
    cmp     x0, x1
    b.ne    no_boot_information
    adr     x0, pride_image_header
    ldr     x1, [x19, #BOOT_LOAD_ADDRESS]
    cmp     x0, x1
    b.ne    move

at_its_place:
    mrs     x0, CurrentEL
    cmp     x0, #(2 << 2)
    b.ne    at_el1

#if IsHypervisor
    // With the host extensions EL2 is like EL1: from here on most names that end in _el1 are EL2's registers.
    mrs     x0, id_aa64mmfr1_el1
    ubfx    x0, x0, #8, #4              // VH
    cbz     x0, to_el1
    ldr     x0, =HCR_FOR_USERS
    msr     hcr_el2, x0
    isb
    mov     x0, #(3 << 20)
    msr     cpacr_el1, x0
    msr     cntvoff_el2, xzr
    msr     hstr_el2, xzr
    mrs     x0, mdcr_el2
    and     x0, x0, #0x1f               // HPMN
    mov     x1, #MDCR_VALUE
    orr     x0, x0, x1
    msr     mdcr_el2, x0
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    ldr     x0, =VTCR_VALUE
    mrs     x1, id_aa64mmfr0_el1
    and     x1, x1, #7
    cmp     x1, #5
    mov     x2, #5
    csel    x1, x2, x1, hi
    bfi     x0, x1, #16, #3
    msr     vtcr_el2, x0
    msr     vttbr_el2, xzr
    tlbi    alle1
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4
    cbz     x0, at_el1
    mov     x0, #0xf                    // ICC_SRE_EL2: SRE, DFB, DIB, Enable
    msr     S3_4_C12_C9_5, x0
    isb
    b       at_el1
to_el1:
#endif
    // EL2: let EL1 be AArch64, use timers and counters without offset, floating point and (if there) the GICv3 interface.
    mov     x0, #(1 << 31)
    msr     hcr_el2, x0
    mov     x0, #3
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr
    mov     x0, #0x33ff
    msr     cptr_el2, x0
    msr     hstr_el2, xzr
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4
    cbz     x0, 1f
    mrs     x0, S3_4_C12_C9_5           // ICC_SRE_EL2: SRE and Enable
    mov     x1, #9
    orr     x0, x0, x1
    msr     S3_4_C12_C9_5, x0
    isb
1:  ldr     x0, =SCTLR_RES1
    msr     sctlr_el1, x0
    mov     x0, #0x3c5                  // EL1h, all masked
    msr     spsr_el2, x0
    adr     x0, at_el1
    msr     elr_el2, x0
    eret

at_el1:
    ldr     x0, =MAIR_VALUE
    msr     mair_el1, x0
    ldr     x0, =TCR_VALUE
    mrs     x1, id_aa64mmfr0_el1
    and     x1, x1, #7
    cmp     x1, #5                      // 48 bits of physical address are the most the tables hold
    mov     x2, #5
    csel    x1, x2, x1, hi
    bfi     x0, x1, #32, #3
    msr     tcr_el1, x0
    ldr     x0, [x19, #BOOT_IDENTITY_ROOT]
    msr     ttbr0_el1, x0
    ldr     x0, [x19, #BOOT_KERNEL_ROOT]
    msr     ttbr1_el1, x0
    tlbi    vmalle1
    ic      iallu
    dsb     sy
    isb
    ldr     x0, =SCTLR_VALUE
    msr     sctlr_el1, x0
    isb
    ldr     x0, =in_kernel_window
    br      x0

in_kernel_window:
    ldr     x0, =pride_vectors
    msr     vbar_el1, x0
    ldr     x1, =pride_boot_info
    cbnz    x20, other_core

    // The device tree is looked at while it is there; the stack on which that is done is zeroed as well.
    ldr     x0, [x1, #BOOT_CORES]
    take_stack
    mov     x2, x21
    bl      pride_kernel_check

    // Stacks, heaps and regions, which the image file does not hold; through the physical window.
    ldr     x1, =pride_boot_info
    ldr     x2, [x1, #BOOT_ZERO_START]
    ldr     x3, [x1, #BOOT_ZERO_END]
    ldr     x4, [x1, #BOOT_LOAD_ADDRESS]
    ldr     x5, [x1, #BOOT_BUILT_FOR]
    sub     x4, x4, x5
    sub     x2, x2, x4
    sub     x3, x3, x4
    orr     x2, x2, #0xffffffc000000000
    orr     x3, x3, #0xffffffc000000000
    mrs     x5, dczid_el0               // bits 3..0: log2 of the block in words; bit 4: DC ZVA prohibited
    tbnz    x5, #4, 2f
    and     x5, x5, #15
    mov     x6, #4
    lsl     x5, x6, x5
1:  cmp     x2, x3
    b.hs    3f
    dc      zva, x2
    add     x2, x2, x5
    b       1b
2:  cmp     x2, x3
    b.hs    3f
    stp     xzr, xzr, [x2], #16
    b       2b
3:  mrs     x0, TPIDR
    mov     x29, xzr
    mov     x30, xzr
    bl      pride_kernel_start
    b       pride_return_to_user

other_core:
    mov     x0, x20
    take_stack
    bl      pride_kernel_start_other
    b       pride_return_to_user

// What runs only while the MMU is off needs no place among what is executable.
    .section .rodata.entry, "a"
    .balign 4
no_boot_information:
    wfe
    b       no_boot_information

// x0: where the image lies. Says so, if the kernel has a UART, as BootProblem.cs says what is wrong.
wrong_load_address:
    mov     x9, x0
    ldr     x10, [x19, #BOOT_CONSOLE_UART]
    cbz     x10, 2f
    and     x10, x10, #PHYSICAL_MASK
    ldp     w11, w12, [x19, #BOOT_CONSOLE_ENABLE]
    cbz     w12, 1f
    str     w12, [x10, x11]
1:  adr     x11, text_found
    bl      print
    mov     x11, x9
    bl      print_number
    adr     x11, text_expected
    bl      print
    ldr     x11, [x19, #BOOT_BUILT_FOR]
    bl      print_number
    adr     x11, text_end
    bl      print
2:  wfe
    b       2b

// Prints the text at x11, which a zero ends. Changes x11 to x16.
print:
    mov     x16, x30
1:  ldrb    w12, [x11], #1
    cbz     w12, 2f
    bl      print_character
    b       1b
2:  ret     x16

// Prints x11, 16 digits. Changes x12 to x17.
print_number:
    mov     x16, x30
    mov     x17, #60
1:  lsr     x12, x11, x17
    and     x12, x12, #15
    cmp     x12, #10
    add     x12, x12, #'0'
    b.lo    2f
    add     x12, x12, #('a' - '9' - 1)
2:  bl      print_character
    subs    x17, x17, #4
    b.pl    1b
    ret     x16

// Prints w12 on the UART at x10 (ConsoleRegisters.cs). Changes x13 to x15.
print_character:
    ldr     w13, [x19, #BOOT_CONSOLE_STATUS]
    ldr     w13, [x10, x13]
    ldp     w14, w15, [x19, #BOOT_CONSOLE_BUSY]
    and     w13, w13, w14
    cmp     w13, w15
    b.eq    print_character
    ldr     w13, [x19, #BOOT_CONSOLE_DATA]
    str     w12, [x10, x13]
    ret

text_found:
    .asciz  "\r\nPride kernel panic: the image was built for another place and cannot be moved: found 0x"
text_expected:
    .asciz  ", expected 0x"
text_end:
    .asciz  "\r\n"
    .balign 4

// The image lies elsewhere than it was built for (x0: where): each word that holds an address of its memory gets the new one. Caches are off, and might hold what was there
// before; a line of theirs that this invalidates is clean, as the boot protocol has it.
move:
    ldr     x1, [x19, #BOOT_BUILT_FOR]
    sub     x1, x0, x1
    tst     x1, #(LARGE_PAGE - 1)
    b.ne    wrong_load_address
    ldr     x3, [x19, #BOOT_RELOCATION_COUNT]
    cbz     x3, wrong_load_address
    ldr     x2, [x19, #BOOT_RELOCATION_OFFSET]
    add     x2, x2, x0
1:  ldr     x4, [x2], #8
    ubfx    x5, x4, #0, #RELOCATION_COUNT_SHIFT
    ubfx    x6, x4, #RELOCATION_COUNT_SHIFT, #RELOCATION_COUNT_BITS
    lsr     x7, x4, #RELOCATION_KIND_SHIFT
    asr     x7, x1, x7
    add     x5, x0, x5, lsl #3
2:  ldr     x8, [x5]
    add     x8, x8, x7
    str     x8, [x5]
    dc      ivac, x5
    add     x5, x5, #8
    subs    x6, x6, #1
    b.ne    2b
    subs    x3, x3, #1
    b.ne    1b

    // The identity mapping goes by the place itself, so its entries move within their tables.
    ldr     x1, [x19, #BOOT_BUILT_FOR]
    ldr     x2, [x19, #BOOT_IDENTITY_ROOT]
    mov     x3, #ROOT_SHIFT
3:  lsr     x4, x1, x3
    lsr     x5, x0, x3
    ubfiz   x4, x4, #3, #LEVEL_BITS
    ubfiz   x5, x5, #3, #LEVEL_BITS
    add     x4, x4, x2
    add     x5, x5, x2
    ldr     x6, [x4]
    str     xzr, [x4]
    dc      ivac, x4
    str     x6, [x5]
    dc      ivac, x5
    and     x2, x6, #TABLE_ADDRESS
    sub     x3, x3, #LEVEL_BITS
    cmp     x3, #LOWEST_SHIFT
    b.hs    3b
    b       at_its_place

    .section .pride.boot, "a"
    .balign 4096
    .global pride_boot_info
    .type   pride_boot_info, %object
pride_boot_info:
    .zero   4096
    .size   pride_boot_info, 4096
