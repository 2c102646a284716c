// Where an EFI firmware starts the image (EfiFile.cs makes it an EFI application): puts it where it was built for, or elsewhere, asks for the memory map,
// leaves the firmware, and goes on as a PVH boot loader would, with a record of its own making (UEFI specification 2.10; hvm_start_info of Xen).
//
// This runs wherever the firmware has loaded the file, so all addresses are relative. Calls follow the Microsoft convention: rcx, rdx, r8, r9, the
// fifth on the stack above 32 free bytes. Whatever goes wrong is said on the firmware's console, and the firmware goes on with its next boot entry.

// EFI_SYSTEM_TABLE (4.3), EFI_BOOT_SERVICES (4.4), EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL (12.4).
#define SYSTEM_CONSOLE          64
#define SYSTEM_BOOT_SERVICES    96
#define SYSTEM_TABLE_COUNT      104
#define SYSTEM_TABLES           112
#define SERVICE_ALLOCATE_PAGES  40
#define SERVICE_MEMORY_MAP      56
#define SERVICE_EXIT            232
#define CONSOLE_OUTPUT          8

#define ALLOCATE_BELOW          1
#define ALLOCATE_AT             2
#define LOADER_CODE             1
#define LOADER_DATA             2
#define LOAD_ERROR              0x8000000000000001

// A configuration table: 16 bytes of GUID, a pointer (4.6).
#define TABLE_BYTES             24
#define TABLE_POINTER           16
#define ACPI2_LOW               0x11D3E4F18868E871
#define ACPI2_HIGH              0x81883CC7800022BC

// EFI_MEMORY_DESCRIPTOR (7.2.3), and which of its types are free once the firmware is left: loader and boot services (1 to 4), conventional (7).
#define DESCRIPTOR_START        8
#define DESCRIPTOR_PAGES        24
#define FREE_TYPES              0x9E
#define TYPE_ACPI               9
#define TYPE_NVS                10
#define PAGE_SHIFT              12

// hvm_start_info and its map (BootRecord.cs). The map takes the place of the firmware's descriptors, which are longer.
#define RECORD_MAGIC            0
#define RECORD_VERSION          4
#define RECORD_RSDP             32
#define RECORD_MAP              40
#define RECORD_ENTRIES          48
#define RECORD_EXPECTED_MAGIC   0x336EC578
#define RANGE_START             0
#define RANGE_LENGTH            8
#define RANGE_TYPE              16
#define RANGE_BYTES             24
#define RANGE_RAM               1
#define RANGE_RESERVED          2
#define RANGE_ACPI              3
#define RANGE_NVS               4

// The record and its map: a page, and room for 1,280 descriptors of 48 bytes.
#define RECORD_PAGES            16
#define MAP_OFFSET              0x1000
#define MAP_CAPACITY            (RECORD_PAGES * 0x1000 - MAP_OFFSET)
#define ADDRESS_LIMIT           0xFFFFFFFF

// BootInfo.cs.
#define BOOT_IDENTITY_ROOT      16
#define BOOT_LOAD_ADDRESS       24
#define BOOT_RAM_END            104
#define BOOT_LOADED_END         128
#define BOOT_RELOCATION_OFFSET  144
#define BOOT_RELOCATION_COUNT   152

// An entry of the list of relocations (BootInfo.cs): first word, 32 bits; words, 24 bits; kind.
#define RELOCATION_COUNT_SHIFT  32
#define RELOCATION_COUNT_MASK   0xFFFFFF
#define RELOCATION_KIND_SHIFT   56
#define LARGE_PAGE              0x200000

// Translation tables: an address's 9 bits for the level, from the root down to the level above the last; the address in an entry.
#define ROOT_SHIFT              39
#define LOWEST_SHIFT            21
#define LEVEL_BITS              9
#define LEVEL_MASK              0x1FF
#define TABLE_ADDRESS           0x000FFFFFFFFFF000

// Reading the map may change it, so leaving is tried again.
#define ATTEMPTS                8

// The frame: 32 free bytes and the fifth argument for calls, then what calls answer in memory.
#define FRAME_FIFTH             32
#define FRAME_ADDRESS           48
#define FRAME_SIZE              56
#define FRAME_KEY               64
#define FRAME_STRIDE            72
#define FRAME_VERSION           80
#define FRAME_PLACE             88
#define FRAME_BYTES             104

// Asks for r8 bytes at (or below) what FRAME_ADDRESS says; the zero flag is set when there are.
    .macro take kind
    movl    $\kind, %ecx
    movl    $LOADER_CODE, %edx
    shrq    $PAGE_SHIFT, %r8
    leaq    FRAME_ADDRESS(%rsp), %r9
    call    *SERVICE_ALLOCATE_PAGES(%r14)
    testq   %rax, %rax
    .endm

    .section .head.text, "ax"
    .code64
    .global pride_efi_entry
    .type   pride_efi_entry, @function
pride_efi_entry:
    pushq   %rbx
    pushq   %rbp
    pushq   %rsi
    pushq   %rdi
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    subq    $FRAME_BYTES, %rsp
    movq    %rcx, %r12                  // this image's handle
    movq    %rdx, %r13                  // the system table
    movq    SYSTEM_BOOT_SERVICES(%rdx), %r14
    leaq    pride_boot_info(%rip), %rbx

    // The place that the image was built for, with all memory that it uses; else any other; else its own place with the file alone: what the firmware has
    // beyond may be free once it is left, and the kernel says if not.
    movq    BOOT_LOAD_ADDRESS(%rbx), %rax
    movq    %rax, FRAME_ADDRESS(%rsp)
    movq    BOOT_RAM_END(%rbx), %r8
    subq    %rax, %r8
    take    ALLOCATE_AT
    jz      .Lplaced
    cmpq    $0, BOOT_RELOCATION_COUNT(%rbx)
    je      .Lown
    movl    $ADDRESS_LIMIT, %eax
    movq    %rax, FRAME_ADDRESS(%rsp)
    movq    BOOT_RAM_END(%rbx), %r8
    subq    BOOT_LOAD_ADDRESS(%rbx), %r8
    addq    $LARGE_PAGE, %r8
    take    ALLOCATE_BELOW
    jnz     .Lown
    addq    $(LARGE_PAGE - 1), FRAME_ADDRESS(%rsp)
    andq    $-LARGE_PAGE, FRAME_ADDRESS(%rsp)
    jmp     .Lplaced
.Lown:
    movq    BOOT_LOAD_ADDRESS(%rbx), %rax
    movq    %rax, FRAME_ADDRESS(%rsp)
    movq    BOOT_LOADED_END(%rbx), %r8
    subq    %rax, %r8
    take    ALLOCATE_AT
    leaq    text_place_taken(%rip), %rsi
    jnz     .Lfail
.Lplaced:
    leaq    pride_image_start(%rip), %rsi
    movq    FRAME_ADDRESS(%rsp), %rdi
    movq    %rdi, FRAME_PLACE(%rsp)
    movq    %rdi, %r8
    movq    BOOT_LOADED_END(%rbx), %rcx
    subq    BOOT_LOAD_ADDRESS(%rbx), %rcx
    shrq    $3, %rcx
    cld
    rep movsq
    movq    %r8, %rdx
    subq    BOOT_LOAD_ADDRESS(%rbx), %rdx
    jz      .Lrecord
    call    move
.Lrecord:

    // The record.
    movl    $ADDRESS_LIMIT, %eax
    movq    %rax, FRAME_ADDRESS(%rsp)
    movl    $ALLOCATE_BELOW, %ecx
    movl    $LOADER_DATA, %edx
    movl    $RECORD_PAGES, %r8d
    leaq    FRAME_ADDRESS(%rsp), %r9
    call    *SERVICE_ALLOCATE_PAGES(%r14)
    leaq    text_no_memory(%rip), %rsi
    testq   %rax, %rax
    jnz     .Lfail
    movq    FRAME_ADDRESS(%rsp), %rbp
    movq    %rbp, %rdi
    xorl    %eax, %eax
    movl    $(MAP_OFFSET / 8), %ecx
    rep stosq
    movl    $RECORD_EXPECTED_MAGIC, RECORD_MAGIC(%rbp)
    movl    $1, RECORD_VERSION(%rbp)
    call    find_acpi

    movl    $ATTEMPTS, %r15d
.Lagain:
    movq    $MAP_CAPACITY, FRAME_SIZE(%rsp)
    leaq    FRAME_SIZE(%rsp), %rcx
    leaq    MAP_OFFSET(%rbp), %rdx
    leaq    FRAME_KEY(%rsp), %r8
    leaq    FRAME_STRIDE(%rsp), %r9
    leaq    FRAME_VERSION(%rsp), %rax
    movq    %rax, FRAME_FIFTH(%rsp)
    call    *SERVICE_MEMORY_MAP(%r14)
    leaq    text_no_map(%rip), %rsi
    testq   %rax, %rax
    jnz     .Lfail
    movq    %r12, %rcx
    movq    FRAME_KEY(%rsp), %rdx
    call    *SERVICE_EXIT(%r14)
    testq   %rax, %rax
    jz      .Lleft
    leaq    text_no_exit(%rip), %rsi
    decl    %r15d
    jnz     .Lagain

// rsi: a text for the firmware's console, which takes UTF-16: a character and a zero at a time.
.Lfail:
    movzbl  (%rsi), %eax
    movl    %eax, FRAME_VERSION(%rsp)
    testl   %eax, %eax
    jz      1f
    movq    SYSTEM_CONSOLE(%r13), %rcx
    leaq    FRAME_VERSION(%rsp), %rdx
    call    *CONSOLE_OUTPUT(%rcx)
    incq    %rsi
    jmp     .Lfail
1:  movabsq $LOAD_ERROR, %rax
    addq    $FRAME_BYTES, %rsp
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %rdi
    popq    %rsi
    popq    %rbp
    popq    %rbx
    ret

// The firmware is gone. Its descriptors become ranges, front to back in one place.
.Lleft:
    leaq    MAP_OFFSET(%rbp), %rsi
    movq    %rsi, %rdi
    movq    FRAME_SIZE(%rsp), %r8
    addq    %rsi, %r8
    movq    FRAME_STRIDE(%rsp), %r9
    movq    %rdi, RECORD_MAP(%rbp)
1:  leaq    (%rsi, %r9), %rax
    cmpq    %r8, %rax
    ja      3f
    movl    (%rsi), %ecx
    movq    DESCRIPTOR_START(%rsi), %rdx
    movq    DESCRIPTOR_PAGES(%rsi), %r10
    shlq    $PAGE_SHIFT, %r10
    movl    $RANGE_ACPI, %eax
    cmpl    $TYPE_ACPI, %ecx
    je      2f
    movl    $RANGE_NVS, %eax
    cmpl    $TYPE_NVS, %ecx
    je      2f
    movl    $RANGE_RESERVED, %eax
    cmpl    $31, %ecx
    ja      2f
    movl    $FREE_TYPES, %r11d
    btl     %ecx, %r11d
    jnc     2f
    movl    $RANGE_RAM, %eax
2:  movq    %rdx, RANGE_START(%rdi)
    movq    %r10, RANGE_LENGTH(%rdi)
    movq    %rax, RANGE_TYPE(%rdi)
    addq    $RANGE_BYTES, %rdi
    incl    RECORD_ENTRIES(%rbp)
    addq    %r9, %rsi
    jmp     1b
3:  movl    %ebp, %edi
    leaq    pride_leave_firmware(%rip), %rax
    leaq    pride_image_start(%rip), %rdx
    subq    %rdx, %rax
    addq    FRAME_PLACE(%rsp), %rax
    jmp     *%rax
    .size   pride_efi_entry, . - pride_efi_entry

// Notes in the record at rbp where ACPI's root pointer is, or leaves 0 there. Changes rax, rcx, rdx, rsi.
find_acpi:
    movq    SYSTEM_TABLE_COUNT(%r13), %rcx
    movq    SYSTEM_TABLES(%r13), %rsi
    movabsq $ACPI2_LOW, %rax
    movabsq $ACPI2_HIGH, %rdx
1:  subq    $1, %rcx
    jc      3f
    cmpq    %rax, (%rsi)
    jne     2f
    cmpq    %rdx, 8(%rsi)
    jne     2f
    movq    TABLE_POINTER(%rsi), %rax
    movq    %rax, RECORD_RSDP(%rbp)
    ret
2:  addq    $TABLE_BYTES, %rsi
    jmp     1b
3:  ret

// Moves the image at r8, by rdx bytes: each word that holds an address of its memory gets the new one (Relocations.cs). rbx: the boot information as it was built.
// Changes rax, rcx, rsi, rdi, r9, r10, r11.
move:
    movq    BOOT_RELOCATION_COUNT(%rbx), %r11
    movq    BOOT_RELOCATION_OFFSET(%rbx), %rsi
    addq    %r8, %rsi
1:  lodsq
    movl    %eax, %r9d
    leaq    (%r8, %r9, 8), %r9
    movq    %rax, %rcx
    shrq    $RELOCATION_KIND_SHIFT, %rcx
    movq    %rdx, %rdi
    sarq    %cl, %rdi
    shrq    $RELOCATION_COUNT_SHIFT, %rax
    andl    $RELOCATION_COUNT_MASK, %eax
2:  addq    %rdi, (%r9)
    addq    $8, %r9
    decl    %eax
    jnz     2b
    decq    %r11
    jnz     1b

    // The identity mapping goes by the place itself, so its entries move within their tables.
    movq    BOOT_IDENTITY_ROOT(%rbx), %r9
    addq    %rdx, %r9
    movl    $ROOT_SHIFT, %ecx
3:  movq    BOOT_LOAD_ADDRESS(%rbx), %rax
    movq    %r8, %r10
    shrq    %cl, %rax
    shrq    %cl, %r10
    andl    $LEVEL_MASK, %eax
    andl    $LEVEL_MASK, %r10d
    movq    (%r9, %rax, 8), %rdi
    movq    $0, (%r9, %rax, 8)
    movq    %rdi, (%r9, %r10, 8)
    movabsq $TABLE_ADDRESS, %r9
    andq    %rdi, %r9
    subl    $LEVEL_BITS, %ecx
    cmpl    $LOWEST_SHIFT, %ecx
    jae     3b

    // Words of the code before paging.
    leaq    pride_placed_words(%rip), %rsi
    leaq    pride_image_start(%rip), %rax
    subq    %rax, %rsi
    addq    %r8, %rsi
4:  movslq  (%rsi), %rax
    testq   %rax, %rax
    jz      5f
    addl    %edx, (%rsi, %rax)
    addq    $4, %rsi
    jmp     4b
5:  ret

text_place_taken:
    .asciz  "pride: the firmware has no memory for the image: not from 0x02000000 on, and elsewhere below 4 GiB there is none either, or the image cannot be moved\r\n"
text_no_memory:
    .asciz  "pride: the firmware has no memory below 4 GiB\r\n"
text_no_map:
    .asciz  "pride: the firmware gives no memory map, or one of more than 60 KiB\r\n"
text_no_exit:
    .asciz  "pride: the firmware cannot be left\r\n"
