// From the boot loader to C#: 32-bit protected mode, long mode, the jump to the kernel's window.
//
// Boot protocol: PVH (Xen, docs/misc/pvh.pandoc, "x86/HVM direct boot ABI"): 32-bit protected mode, paging off, flat segments, interrupts off,
// ebx = hvm_start_info. All facts come from the BootInfo page (BootInfo.cs gives the offsets).
// A machine that is not the one the image was built for gets a line on its first serial port, and stops.

#define BOOT_MAGIC              0
#define BOOT_KERNEL_ROOT        8
#define BOOT_IDENTITY_ROOT      16
#define BOOT_LOAD_ADDRESS       24
#define BOOT_CORES              32
#define BOOT_RAM_START          96
#define BOOT_RAM_END            104
#define BOOT_ZERO_START         112
#define BOOT_ZERO_END           120
#define CORE_STACK_TOP          0
#define CORE_SELF               24

#define BOOT_MAGIC_LOW          0x64697250
#define BOOT_MAGIC_HIGH         0x00014942

// hvm_start_info and its memory map (xen/include/public/arch-x86/hvm/start_info.h).
#define START_MAGIC             0
#define START_VERSION           4
#define START_MAP               40
#define START_MAP_ENTRIES       48
#define START_EXPECTED_MAGIC    0x336ec578
#define RANGE_START             0
#define RANGE_BYTES             8
#define RANGE_TYPE              16
#define RANGE_SIZE              24
#define RANGE_IS_RAM            1

// The first serial port (16550): data, line status.
#define SERIAL_DATA             0x3F8
#define SERIAL_STATUS           0x3FD
#define SERIAL_EMPTY            0x20

#define IMAGE_WINDOW            0xFFFFFFFF80000000
#define PHYSICAL_WINDOW         0xFFFFFFC000000000

// Code before paging has no way to tell where it is, so it is assembled for one address: the boards' load address (2 MiB).
#define PRIDE_LOAD_ADDRESS      0x200000
#define PHYSICAL(symbol)        (symbol - IMAGE_WINDOW + PRIDE_LOAD_ADDRESS)

// CPUID 0x80000001, edx: long mode and the NX bit (Intel SDM volume 2, CPUID).
#define CPUID_EXTENDED          0x80000001
#define CPUID_LONG_MODE         (1 << 29)
#define CPUID_NO_EXECUTE        (1 << 20)

// Intel SDM volume 3, 2.5 "Control registers" and 2.2.1 "Extended feature enable register".
#define CR4_PAE                 (1 << 5)
#define CR0_KERNEL              0x80010033      // paging, write protection in the kernel too, native FPU errors, protected mode
#define MSR_EFER                0xC0000080
#define EFER_KERNEL             ((1 << 0) | (1 << 8) | (1 << 11))   // syscall, long mode, NX
#define MSR_GS_BASE             0xC0000101
#define MSR_USER_GS_BASE        0xC0000102

#define KERNEL_CODE             0x08

    .section .head.text, "ax"
    .code32
    .global pride_pvh_entry
    .type   pride_pvh_entry, @function
pride_pvh_entry:
    cli
    cld
    movl    %ebx, %ebp
    movl    $PHYSICAL(boot_stack), %esp
    movl    $PHYSICAL(pride_boot_info), %esi
    cmpl    $BOOT_MAGIC_LOW, BOOT_MAGIC(%esi)
    jne     no_boot_information
    cmpl    $BOOT_MAGIC_HIGH, (BOOT_MAGIC + 4)(%esi)
    jne     no_boot_information
    cmpl    $PRIDE_LOAD_ADDRESS, BOOT_LOAD_ADDRESS(%esi)
    jne     wrong_load_address
    movl    $CPUID_EXTENDED, %eax
    cpuid
    andl    $(CPUID_LONG_MODE | CPUID_NO_EXECUTE), %edx
    cmpl    $(CPUID_LONG_MODE | CPUID_NO_EXECUTE), %edx
    jne     no_long_mode

    cmpl    $START_EXPECTED_MAGIC, START_MAGIC(%ebp)
    jne     no_memory_map
    cmpl    $1, START_VERSION(%ebp)
    jb      no_memory_map

    // One range of the map must hold all memory that the image uses.
    movl    START_MAP(%ebp), %edi
    movl    START_MAP_ENTRIES(%ebp), %ecx
next_range:
    subl    $1, %ecx
    jc      too_little_memory
    cmpl    $RANGE_IS_RAM, RANGE_TYPE(%edi)
    jne     1f
    movl    BOOT_RAM_START(%esi), %eax
    movl    (BOOT_RAM_START + 4)(%esi), %edx
    subl    RANGE_START(%edi), %eax
    sbbl    (RANGE_START + 4)(%edi), %edx
    jc      1f
    movl    RANGE_START(%edi), %eax
    movl    (RANGE_START + 4)(%edi), %edx
    addl    RANGE_BYTES(%edi), %eax
    adcl    (RANGE_BYTES + 4)(%edi), %edx
    subl    BOOT_RAM_END(%esi), %eax
    sbbl    (BOOT_RAM_END + 4)(%esi), %edx
    jnc     enough_memory
1:  addl    $RANGE_SIZE, %edi
    jmp     next_range

enough_memory:
    lgdt    PHYSICAL(boot_descriptors_pointer)
    movl    $CR4_PAE, %eax
    movl    %eax, %cr4
    movl    BOOT_IDENTITY_ROOT(%esi), %eax
    movl    %eax, %cr3
    movl    $MSR_EFER, %ecx
    movl    $EFER_KERNEL, %eax
    xorl    %edx, %edx
    wrmsr
    movl    $CR0_KERNEL, %eax
    movl    %eax, %cr0
    ljmp    $KERNEL_CODE, $PHYSICAL(long_mode)

no_boot_information:
    movl    $PHYSICAL(text_no_boot_information), %ebx
    jmp     refuse

wrong_load_address:
    movl    $PHYSICAL(text_wrong_load_address), %ebx
    jmp     refuse

no_long_mode:
    movl    $PHYSICAL(text_no_long_mode), %ebx
    jmp     refuse

no_memory_map:
    movl    $PHYSICAL(text_no_memory_map), %ebx
    jmp     refuse

too_little_memory:
    movl    $PHYSICAL(text_too_little_memory), %ebx
    call    print
    movl    BOOT_RAM_START(%esi), %ebp
    call    print_number
    movl    $PHYSICAL(text_to), %ebx
    call    print
    movl    BOOT_RAM_END(%esi), %ebp
    call    print_number
    movl    $PHYSICAL(text_line_end), %ebx

refuse:
    call    print
1:  hlt
    jmp     1b

// Prints the text at ebx, which a zero ends. Changes eax, ecx, edx.
print:
    movzbl  (%ebx), %ecx
    testl   %ecx, %ecx
    jz      1f
    call    print_character
    incl    %ebx
    jmp     print
1:  ret

// Prints ebp as eight hexadecimal digits. Changes eax, ebx, ecx, edx, ebp.
print_number:
    movl    $8, %ebx
1:  roll    $4, %ebp
    movl    %ebp, %ecx
    andl    $15, %ecx
    addl    $'0', %ecx
    cmpl    $'9', %ecx
    jbe     2f
    addl    $('a' - '9' - 1), %ecx
2:  call    print_character
    decl    %ebx
    jnz     1b
    ret

// Prints cl. A port without a device reads as all ones, so this ends.
print_character:
    movl    $SERIAL_STATUS, %edx
1:  inb     %dx, %al
    testb   $SERIAL_EMPTY, %al
    jz      1b
    movl    $SERIAL_DATA, %edx
    movb    %cl, %al
    outb    %al, %dx
    ret

text_no_boot_information:
    .asciz  "pride: this kernel is not part of an image: build one with ./pride build\r\n"
text_wrong_load_address:
    .asciz  "pride: the image was built for another load address than 0x00200000\r\n"
text_no_long_mode:
    .asciz  "pride: this CPU has no 64-bit mode, or no NX bit; both are needed\r\n"
text_no_memory_map:
    .asciz  "pride: the boot loader gives no memory map: PVH version 1 is needed\r\n"
text_too_little_memory:
    .asciz  "pride: this machine lacks memory that the image was built for: 0x"
text_to:
    .asciz  " to 0x"
text_line_end:
    .asciz  "\r\n"

    // Flat descriptors with their accessed bits set, so that the CPU does not write here. The kernel's own (X64Core.cs) begin with the same.
    .balign 8
boot_descriptors:
    .quad   0
    .quad   0x00AF9B000000FFFF
    .quad   0x00CF93000000FFFF
boot_descriptors_pointer:
    .word   boot_descriptors_pointer - boot_descriptors - 1
    .long   PHYSICAL(boot_descriptors)

    .code64
long_mode:
    movq    $in_kernel_window, %rax
    jmp     *%rax

in_kernel_window:
    leaq    pride_boot_info(%rip), %rbx
    movq    BOOT_KERNEL_ROOT(%rbx), %rax
    movq    %rax, %cr3
    xorl    %eax, %eax
    movl    %eax, %ds
    movl    %eax, %es
    movl    %eax, %fs
    movl    %eax, %gs
    movl    %eax, %ss                   // as after an interrupt; the descriptors are out of reach already

    // Stacks, heaps and regions, which the image file does not hold; through the physical window, before the stack is used. Whole pages.
    movq    BOOT_ZERO_START(%rbx), %rdi
    movq    BOOT_ZERO_END(%rbx), %rcx
    movabsq $PHYSICAL_WINDOW, %rax
    orq     %rax, %rdi
    orq     %rax, %rcx
    xorl    %eax, %eax
    cmpq    %rcx, %rdi
    jae     2f
1:  movq    %rax, 0(%rdi)
    movq    %rax, 8(%rdi)
    movq    %rax, 16(%rdi)
    movq    %rax, 24(%rdi)
    movq    %rax, 32(%rdi)
    movq    %rax, 40(%rdi)
    movq    %rax, 48(%rdi)
    movq    %rax, 56(%rdi)
    addq    $64, %rdi
    cmpq    %rcx, %rdi
    jb      1b
2:
    movq    BOOT_CORES(%rbx), %r12
    movl    $MSR_GS_BASE, %ecx
    movl    %r12d, %eax
    movq    %r12, %rdx
    shrq    $32, %rdx
    wrmsr
    movl    $MSR_USER_GS_BASE, %ecx
    xorl    %eax, %eax
    xorl    %edx, %edx
    wrmsr
    movq    %r12, CORE_SELF(%r12)
    movq    CORE_STACK_TOP(%r12), %rsp
    xorl    %ebp, %ebp
    movq    %r12, %rdi
    movq    %rbx, %rsi
    call    pride_kernel_start
    jmp     pride_return_to_user

    .bss
    .balign 16
    .skip   256
boot_stack:

    .section .pride.boot, "a"
    .balign 4096
    .global pride_boot_info
    .type   pride_boot_info, @object
pride_boot_info:
    .zero   4096
    .size   pride_boot_info, 4096
