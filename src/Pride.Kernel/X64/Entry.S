// From the boot loader to C#: 32-bit protected mode, long mode, the jump to the kernel's window.
//
// Boot protocols: PVH (Xen, docs/misc/pvh.pandoc, "x86/HVM direct boot ABI") and Multiboot2 (specification 2.0, 3.3). Both start here in 32-bit
// protected mode, paging off, flat segments, interrupts off, with a record of what the firmware says in ebx; BootRecord.cs tells them apart by eax
// and by what they hold. Efi.S comes from an EFI firmware with a PVH record. The other cores come in by the trampoline.
// All facts of the image come from the BootInfo page (BootInfo.cs gives the offsets). What is wrong before C# runs gets a line on the
// first serial port.

#define BOOT_MAGIC              0
#define BOOT_KERNEL_ROOT        8
#define BOOT_IDENTITY_ROOT      16
#define BOOT_LOAD_ADDRESS       24
#define BOOT_CORES              32
#define BOOT_CORE_COUNT         40
#define CORE_STACK_TOP          0
#define CORE_SELF               24
#define CORE_HARDWARE_ID        40
#define CORE_SIZE               8192

#define BOOT_MAGIC_LOW          0x64697250
#define BOOT_MAGIC_HIGH         0x00014942

// The first serial port (16550): data, line status.
#define SERIAL_DATA             0x3F8
#define SERIAL_STATUS           0x3FD
#define SERIAL_EMPTY            0x20

#define IMAGE_WINDOW            0xFFFFFFFF80000000

// Code before paging has no way to tell where it is, so it is assembled for one address: the boards' load address. 32 MiB, because firmware
// keeps what it needs itself below (OVMF: 8 to 21 MiB) and at the end of memory. Where that is taken, Efi.S moves the image, and with it each word that holds such
// an address: `noted` enters them into a list, as the distance from the entry, which a 0 ends. It follows what ends so many bytes after the word's start.
#define PRIDE_LOAD_ADDRESS      0x2000000
#define PHYSICAL(symbol)        (symbol - IMAGE_WINDOW + PRIDE_LOAD_ADDRESS)

    .macro noted bytes
.Lnoted\@:
    .pushsection .rodata.placed, "a"
    .long   .Lnoted\@ - \bytes - .
    .popsection
    .endm

// CPUID 0x80000001, edx: long mode and the NX bit. CPUID 1, ebx: the local APIC's number (Intel SDM volume 2, CPUID).
#define CPUID_EXTENDED          0x80000001
#define CPUID_LONG_MODE         (1 << 29)
#define CPUID_NO_EXECUTE        (1 << 20)
#define CPUID_BASIC             1
#define APIC_ID_SHIFT           24

// Intel SDM volume 3, 2.5 "Control registers" and 2.2.1 "Extended feature enable register".
#define CR4_PAE                 (1 << 5)
#define CR0_PROTECTED           1
#define CR0_PAGING              (1 << 31)
#define CR0_KERNEL              0x80010033      // paging, write protection in the kernel too, native FPU errors, protected mode
#define MSR_EFER                0xC0000080
#define EFER_KERNEL             ((1 << 0) | (1 << 8) | (1 << 11))   // syscall, long mode, NX
#define MSR_GS_BASE             0xC0000101
#define MSR_USER_GS_BASE        0xC0000102

#define KERNEL_CODE             0x08
#define KERNEL_DATA             0x10
#define KERNEL_CODE_32          0x18

    .section .rodata.placed, "a"
    .balign 4
    .global pride_placed_words
pride_placed_words:

    .section .head.text, "ax"
    .code32
    .global pride_start
    .type   pride_start, @function
pride_start:
    cli
    cld
    movl    %eax, %edi
    movl    %ebx, %ebp
    movl    $PHYSICAL(boot_stack), %esp
    noted   4
    movl    $PHYSICAL(pride_boot_info), %esi
    noted   4
    cmpl    $BOOT_MAGIC_LOW, BOOT_MAGIC(%esi)
    jne     no_boot_information
    cmpl    $BOOT_MAGIC_HIGH, (BOOT_MAGIC + 4)(%esi)
    jne     no_boot_information
    cmpl    $PRIDE_LOAD_ADDRESS, BOOT_LOAD_ADDRESS(%esi)
    noted   4
    jne     wrong_load_address
    movl    $CPUID_EXTENDED, %eax
    cpuid
    andl    $(CPUID_LONG_MODE | CPUID_NO_EXECUTE), %edx
    cmpl    $(CPUID_LONG_MODE | CPUID_NO_EXECUTE), %edx
    jne     no_long_mode
    testl   %ebp, %ebp
    jz      no_record

// edi: what the boot loader gave in eax; ebp: its record, or 0 on another core.
turn_paging_on:
    lgdt    PHYSICAL(boot_descriptors_pointer)
    noted   4
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
    noted   6

// Where a core wakes that the boot core calls (Cores.cs): real mode, at the start of the page that this was copied to.
    .code16
    .global pride_trampoline
    .type   pride_trampoline, @object
pride_trampoline:
    cli
    cld
    lgdtl   %cs:(trampoline_pointer - pride_trampoline)
    movl    %cr0, %eax
    orl     $CR0_PROTECTED, %eax
    movl    %eax, %cr0
    ljmpl   $KERNEL_CODE_32, $PHYSICAL(other_core)
    noted   6
trampoline_pointer:
    .word   boot_descriptors_pointer - boot_descriptors - 1
    .long   PHYSICAL(boot_descriptors)
    noted   4
    .size   pride_trampoline, . - pride_trampoline
    .global pride_trampoline_end
pride_trampoline_end:

    .code32
other_core:
    movl    $KERNEL_DATA, %eax
    movl    %eax, %ds
    movl    %eax, %es
    movl    %eax, %ss
    xorl    %edi, %edi
    xorl    %ebp, %ebp
    movl    $PHYSICAL(pride_boot_info), %esi
    noted   4
    jmp     turn_paging_on

no_boot_information:
    movl    $PHYSICAL(text_no_boot_information), %ebx
    noted   4
    jmp     refuse

wrong_load_address:
    movl    $PHYSICAL(text_wrong_load_address), %ebx
    noted   4
    jmp     refuse

no_long_mode:
    movl    $PHYSICAL(text_no_long_mode), %ebx
    noted   4
    jmp     refuse

no_record:
    movl    $PHYSICAL(text_no_record), %ebx
    noted   4

refuse:
    call    print
1:  hlt
    jmp     1b

// Prints the text at ebx, which a zero ends. A port without a device reads as all ones, so this ends.
print:
    movzbl  (%ebx), %ecx
    testl   %ecx, %ecx
    jz      2f
    movl    $SERIAL_STATUS, %edx
1:  inb     %dx, %al
    testb   $SERIAL_EMPTY, %al
    jz      1b
    movl    $SERIAL_DATA, %edx
    movb    %cl, %al
    outb    %al, %dx
    incl    %ebx
    jmp     print
2:  ret

text_no_boot_information:
    .asciz  "pride: this kernel is not part of an image: build one with ./pride build\r\n"
text_wrong_load_address:
    .asciz  "pride: the image was built for another load address than 0x02000000\r\n"
text_no_long_mode:
    .asciz  "pride: this CPU has no 64-bit mode, or no NX bit; both are needed\r\n"
text_no_record:
    .asciz  "pride: the boot loader says nothing about the machine: PVH or Multiboot2 is needed\r\n"

    // Flat descriptors with their accessed bits set, so that the CPU does not write here. The kernel's own (X64Core.cs) begin with the same two.
    .balign 8
boot_descriptors:
    .quad   0
    .quad   0x00AF9B000000FFFF
    .quad   0x00CF93000000FFFF
    .quad   0x00CF9B000000FFFF
boot_descriptors_pointer:
    .word   boot_descriptors_pointer - boot_descriptors - 1
    .quad   PHYSICAL(boot_descriptors)
    noted   8

// Where Efi.S leaves its firmware: at the image's physical address, which the firmware's tables map as it is. edi: the record.
    .code64
    .global pride_leave_firmware
    .type   pride_leave_firmware, @function
pride_leave_firmware:
    cli
    lgdt    boot_descriptors_pointer(%rip)
    pushq   $KERNEL_CODE_32
    movl    $PHYSICAL(turn_long_mode_off), %eax
    noted   4
    pushq   %rax
    lretq
    .size   pride_leave_firmware, . - pride_leave_firmware

    .code32
turn_long_mode_off:
    movl    $KERNEL_DATA, %eax
    movl    %eax, %ds
    movl    %eax, %es
    movl    %eax, %ss
    movl    %cr0, %eax
    andl    $~CR0_PAGING, %eax
    movl    %eax, %cr0
    xorl    %eax, %eax
    movl    %eax, %cr4
    xorl    %edx, %edx
    movl    $MSR_EFER, %ecx
    wrmsr
    movl    %edi, %ebx
    jmp     pride_start

    .code64
long_mode:
    movq    $in_kernel_window, %rax
    jmp     *%rax

in_kernel_window:
    movl    %edi, %r13d                 // the mode switch leaves upper halves undefined
    movl    %ebp, %r14d
    xorl    %eax, %eax
    movl    %eax, %ds
    movl    %eax, %es
    movl    %eax, %fs
    movl    %eax, %gs
    movl    %eax, %ss                   // as after an interrupt; the descriptors are out of reach already
    leaq    pride_boot_info(%rip), %r15
    movq    BOOT_CORES(%r15), %r12
    testl   %r14d, %r14d
    jnz     1f

    // Another core: which, its APIC's number says.
    movl    $CPUID_BASIC, %eax
    cpuid
    shrl    $APIC_ID_SHIFT, %ebx
    movl    BOOT_CORE_COUNT(%r15), %ecx
2:  cmpq    %rbx, CORE_HARDWARE_ID(%r12)
    je      1f
    addq    $CORE_SIZE, %r12
    decl    %ecx
    jnz     2b
3:  hlt                                 // nobody's core
    jmp     3b

1:  movl    $MSR_GS_BASE, %ecx
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
    movq    %r15, %rsi
    testl   %r14d, %r14d
    jz      1f
    movq    %r14, %rdx
    movq    %r13, %rcx
    call    pride_kernel_start
    jmp     pride_return_to_user
1:  call    pride_kernel_start_other
    jmp     pride_return_to_user

    .section .rodata.placed, "a"
    .long   0

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
