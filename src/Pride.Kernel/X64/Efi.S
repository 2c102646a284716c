// Where an EFI firmware starts the image (PeFile.cs makes it an EFI application): puts it where it was built for, asks for the memory map,
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
#define BOOT_LOAD_ADDRESS       24
#define BOOT_LOADED_END         128

// Reading the map may change it, so leaving is tried again.
#define ATTEMPTS                8

// The frame: 32 free bytes and the fifth argument for calls, then what calls answer in memory.
#define FRAME_FIFTH             32
#define FRAME_ADDRESS           48
#define FRAME_SIZE              56
#define FRAME_KEY               64
#define FRAME_STRIDE            72
#define FRAME_VERSION           80
#define FRAME_BYTES             104

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

    // The image's own place.
    movq    BOOT_LOAD_ADDRESS(%rbx), %rax
    movq    %rax, FRAME_ADDRESS(%rsp)
    movl    $ALLOCATE_AT, %ecx
    movl    $LOADER_CODE, %edx
    movq    BOOT_LOADED_END(%rbx), %r8
    subq    %rax, %r8
    shrq    $PAGE_SHIFT, %r8
    leaq    FRAME_ADDRESS(%rsp), %r9
    call    *SERVICE_ALLOCATE_PAGES(%r14)
    leaq    text_place_taken(%rip), %rsi
    testq   %rax, %rax
    jnz     .Lfail
    leaq    pride_image_start(%rip), %rsi
    movq    BOOT_LOAD_ADDRESS(%rbx), %rdi
    movq    BOOT_LOADED_END(%rbx), %rcx
    subq    %rdi, %rcx
    shrq    $3, %rcx
    cld
    rep movsq

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
    addq    BOOT_LOAD_ADDRESS(%rbx), %rax
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

text_place_taken:
    .asciz  "pride: the firmware has no memory for the image where it must be, from 0x02000000 on\r\n"
text_no_memory:
    .asciz  "pride: the firmware has no memory below 4 GiB\r\n"
text_no_map:
    .asciz  "pride: the firmware gives no memory map, or one of more than 60 KiB\r\n"
text_no_exit:
    .asciz  "pride: the firmware cannot be left\r\n"
