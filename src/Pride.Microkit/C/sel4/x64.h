/* x86-64's part of the kernel interface: the registers of a system call (libsel4, sel4_arch/syscalls_syscall.h), the user context, I/O ports. */

#pragma once

/* rdi cap or badge, rsi message info, r10, r8, r9, r15 message registers 0-3, r12 reply cap, rdx number, r13 the cap that NBSend... sends to.
   The instruction takes rcx and r11; the kernel does not keep the stack pointer, so rbx does. */
static inline void pride_enter(struct pride_call *call, seL4_Word number, seL4_CPtr reply, seL4_CPtr send)
{
    register seL4_Word rdi __asm__("rdi") = call->cap_or_badge;
    register seL4_Word rsi __asm__("rsi") = call->info;
    register seL4_Word r10 __asm__("r10") = call->words[0];
    register seL4_Word r8 __asm__("r8") = call->words[1];
    register seL4_Word r9 __asm__("r9") = call->words[2];
    register seL4_Word r15 __asm__("r15") = call->words[3];
    register seL4_Word r12 __asm__("r12") = reply;
    register seL4_Word rdx __asm__("rdx") = number;
    register seL4_Word r13 __asm__("r13") = send;
    __asm__ volatile("movq %%rsp, %%rbx\n\tsyscall\n\tmovq %%rbx, %%rsp"
                     : "+r"(rdi), "+r"(rsi), "+r"(r10), "+r"(r8), "+r"(r9), "+r"(r15)
                     : "r"(r12), "r"(rdx), "r"(r13)
                     : "rbx", "rcx", "r11", "memory");
    call->cap_or_badge = rdi;
    call->info = rsi;
    call->words[0] = r10;
    call->words[1] = r8;
    call->words[2] = r9;
    call->words[3] = r15;
}

/* 20 words, in the order in which the kernel reads and writes them. */
typedef struct seL4_UserContext_ {
    seL4_Word rip, rsp, rflags, rax, rbx, rcx, rdx, rsi, rdi, rbp;
    seL4_Word r8, r9, r10, r11, r12, r13, r14, r15;
    seL4_Word fs_base, gs_base;
} seL4_UserContext;

#define PRIDE_PROGRAM_COUNTER rip

typedef seL4_CPtr seL4_X86_IOPort;

static inline seL4_Error pride_invoke(seL4_CPtr cap, seL4_Word label, seL4_Word length);

/* Behind the label of reading one byte stand those of reading two and four, then of writing one, two and four. */
enum { pride_port_in_8, pride_port_in_16, pride_port_in_32, pride_port_out_8, pride_port_out_16, pride_port_out_32 };

static inline seL4_Error pride_port_read(seL4_X86_IOPort cap, seL4_Word operation, seL4_Word port, seL4_Word *value)
{
    seL4_SetMR(0, port);
    seL4_Error error = pride_invoke(cap, pride_labels.io_port_in_8 + operation, 1);
    *value = error == seL4_NoError ? seL4_GetMR(0) : 0;
    return error;
}

static inline seL4_Error pride_port_write(seL4_X86_IOPort cap, seL4_Word operation, seL4_Word port, seL4_Word value)
{
    seL4_SetMR(0, port);
    seL4_SetMR(1, value);
    return pride_invoke(cap, pride_labels.io_port_in_8 + operation, 2);
}

#define PRIDE_PORT_READ(bits)                                                                        \
    typedef struct seL4_X86_IOPort_In##bits {                                                        \
        int error;                                                                                   \
        seL4_Uint##bits result;                                                                      \
    } seL4_X86_IOPort_In##bits##_t;                                                                  \
    static inline seL4_X86_IOPort_In##bits##_t seL4_X86_IOPort_In##bits(seL4_X86_IOPort cap, seL4_Uint16 port) \
    {                                                                                                \
        seL4_Word value;                                                                             \
        int error = (int)pride_port_read(cap, pride_port_in_##bits, port, &value);                   \
        return (seL4_X86_IOPort_In##bits##_t){ error, (seL4_Uint##bits)value };                      \
    }

#define PRIDE_PORT_WRITE(bits)                                                                       \
    static inline seL4_Error seL4_X86_IOPort_Out##bits(seL4_X86_IOPort cap, seL4_Word port, seL4_Word data) \
    {                                                                                                \
        return pride_port_write(cap, pride_port_out_##bits, port, data);                             \
    }

PRIDE_PORT_READ(8)
PRIDE_PORT_READ(16)
PRIDE_PORT_READ(32)
PRIDE_PORT_WRITE(8)
PRIDE_PORT_WRITE(16)
PRIDE_PORT_WRITE(32)
