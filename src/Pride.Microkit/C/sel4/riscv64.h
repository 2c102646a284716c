/* RISC-V's part of the kernel interface: the registers of a system call (libsel4, sel4/arch/syscalls.h) and the user context. */

#pragma once

/* a0 cap or badge, a1 message info, a2-a5 message registers 0-3, a6 reply cap, a7 number, t0 the cap that NBSend... sends to. */
static inline void pride_enter(struct pride_call *call, seL4_Word number, seL4_CPtr reply, seL4_CPtr send)
{
    register seL4_Word a0 __asm__("a0") = call->cap_or_badge;
    register seL4_Word a1 __asm__("a1") = call->info;
    register seL4_Word a2 __asm__("a2") = call->words[0];
    register seL4_Word a3 __asm__("a3") = call->words[1];
    register seL4_Word a4 __asm__("a4") = call->words[2];
    register seL4_Word a5 __asm__("a5") = call->words[3];
    register seL4_Word a6 __asm__("a6") = reply;
    register seL4_Word a7 __asm__("a7") = number;
    register seL4_Word t0 __asm__("t0") = send;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5)
                     : "r"(a6), "r"(a7), "r"(t0)
                     : "memory");
    call->cap_or_badge = a0;
    call->info = a1;
    call->words[0] = a2;
    call->words[1] = a3;
    call->words[2] = a4;
    call->words[3] = a5;
}

/* 32 words, in the order in which the kernel reads and writes them. */
typedef struct seL4_UserContext_ {
    seL4_Word pc, ra, sp, gp;
    seL4_Word s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
    seL4_Word a0, a1, a2, a3, a4, a5, a6, a7;
    seL4_Word t0, t1, t2, t3, t4, t5, t6;
    seL4_Word tp;
} seL4_UserContext;
