/* The kernel's interface for C protection domains: the types and calls of seL4's MCS interface (seL4 reference manual; libsel4 16) that
   components written for Microkit use, under their usual names. Written for Pride; it needs a compiler and nothing else.

   Invocation labels differ between releases of seL4, so none is a constant here: they are words of the table pride_labels,
   which Pride's image builder fills (Pride.Abi.InvocationLabels). Until then the table holds the labels of Microkit 2.3, release. */

#pragma once

#include <stddef.h>
#include <stdint.h>

typedef uint8_t seL4_Uint8;
typedef uint16_t seL4_Uint16;
typedef uint32_t seL4_Uint32;
typedef uint64_t seL4_Uint64;
typedef int8_t seL4_Int8;
typedef int16_t seL4_Int16;
typedef int32_t seL4_Int32;
typedef int64_t seL4_Int64;
typedef uint64_t seL4_Word;
typedef int8_t seL4_Bool;
typedef seL4_Word seL4_CPtr;

#define seL4_True 1
#define seL4_False 0
#define seL4_Null 0
#define seL4_CapNull 0
#define seL4_WordBits 64
#define seL4_PageBits 12
#define seL4_MsgMaxLength 120
#define seL4_MsgMaxExtraCaps 3

typedef seL4_CPtr seL4_TCB;
typedef seL4_CPtr seL4_SchedContext;
typedef seL4_CPtr seL4_IRQHandler;
typedef seL4_CPtr seL4_CNode;

typedef enum {
    seL4_NoError = 0,
    seL4_InvalidArgument,
    seL4_InvalidCapability,
    seL4_IllegalOperation,
    seL4_RangeError,
    seL4_AlignmentError,
    seL4_FailedLookup,
    seL4_TruncatedMessage,
    seL4_DeleteFirst,
    seL4_RevokeFirst,
    seL4_NotEnoughMemory,
} seL4_Error;

/* Bits 63..12 label, 11..9 unwrapped caps, 8..7 extra caps, 6..0 length in words. */
typedef struct seL4_MessageInfo {
    seL4_Word words[1];
} seL4_MessageInfo_t;

static inline seL4_MessageInfo_t seL4_MessageInfo_new(seL4_Word label, seL4_Word unwrapped, seL4_Word extra_caps, seL4_Word length)
{
    seL4_MessageInfo_t info = {{ label << 12 | (unwrapped & 7) << 9 | (extra_caps & 3) << 7 | (length & 127) }};
    return info;
}

static inline seL4_Word seL4_MessageInfo_get_label(seL4_MessageInfo_t info)
{
    return info.words[0] >> 12;
}

static inline seL4_Word seL4_MessageInfo_get_capsUnwrapped(seL4_MessageInfo_t info)
{
    return info.words[0] >> 9 & 7;
}

static inline seL4_Word seL4_MessageInfo_get_extraCaps(seL4_MessageInfo_t info)
{
    return info.words[0] >> 7 & 3;
}

static inline seL4_Word seL4_MessageInfo_get_length(seL4_MessageInfo_t info)
{
    return info.words[0] & 127;
}

typedef struct seL4_IPCBuffer_ {
    seL4_MessageInfo_t tag;
    seL4_Word msg[seL4_MsgMaxLength];
    seL4_Word userData;
    seL4_Word caps_or_badges[seL4_MsgMaxExtraCaps];
    seL4_CPtr receiveCNode;
    seL4_CPtr receiveIndex;
    seL4_Word receiveDepth;
} seL4_IPCBuffer;

extern seL4_IPCBuffer *__sel4_ipc_buffer;

static inline seL4_IPCBuffer *seL4_GetIPCBuffer(void)
{
    return __sel4_ipc_buffer;
}

static inline seL4_Word seL4_GetMR(int i)
{
    return __sel4_ipc_buffer->msg[i];
}

static inline void seL4_SetMR(int i, seL4_Word value)
{
    __sel4_ipc_buffer->msg[i] = value;
}

static inline void seL4_SetCap(int i, seL4_CPtr cap)
{
    __sel4_ipc_buffer->caps_or_badges[i] = cap;
}

/* The order of Pride.Abi.InvocationLabels. On AArch64 the other calls of a virtual CPU follow vcpu_set_tcb: inject, read, write,
   acknowledge; on x86-64 sel4/x64.h has theirs. */
struct pride_labels {
    seL4_Word tcb_read_registers;
    seL4_Word tcb_write_registers;
    seL4_Word tcb_suspend;
    seL4_Word tcb_resume;
    seL4_Word tcb_set_priority;
    seL4_Word tcb_bind_notification;
    seL4_Word tcb_unbind_notification;
    seL4_Word sched_context_bind;
    seL4_Word sched_context_unbind;
    seL4_Word sched_context_unbind_object;
    seL4_Word sched_context_consumed;
    seL4_Word irq_ack;
    seL4_Word smc_call;
    seL4_Word pride_tcb_read_memory;
    seL4_Word io_port_in_8;
    seL4_Word vcpu_set_tcb;
};

extern struct pride_labels pride_labels;

/* System calls (libsel4, syscall.xml, MCS). */
enum {
    seL4_SysCall = -1,
    seL4_SysReplyRecv = -2,
    seL4_SysNBSendRecv = -3,
    seL4_SysNBSendWait = -4,
    seL4_SysSend = -5,
    seL4_SysNBSend = -6,
    seL4_SysRecv = -7,
    seL4_SysNBRecv = -8,
    seL4_SysWait = -9,
    seL4_SysNBWait = -10,
    seL4_SysYield = -11,
    seL4_SysDebugPutChar = -12,
    seL4_SysDebugHalt = -14,
    seL4_SysDebugNameThread = -17,
};

/* What goes into the kernel and what comes back, in the ABI's registers. */
struct pride_call {
    seL4_Word cap_or_badge;
    seL4_Word info;
    seL4_Word words[4];
};

#if defined(__aarch64__)
#include <sel4/aarch64.h>
#elif defined(__riscv) && __riscv_xlen == 64
#include <sel4/riscv64.h>
#elif defined(__x86_64__)
#include <sel4/x64.h>
#else
#error "sel4.h: this architecture has no kernel entry here yet"
#endif

/* The first word of a user context. */
#ifndef PRIDE_PROGRAM_COUNTER
#define PRIDE_PROGRAM_COUNTER pc
#endif

/* Enters the kernel with the first four message registers of the IPC buffer and puts what came back there. */
static inline seL4_MessageInfo_t pride_exchange(seL4_Word number, seL4_CPtr cap, seL4_MessageInfo_t info, seL4_CPtr reply, seL4_CPtr send, seL4_Word *badge)
{
    seL4_IPCBuffer *buffer = __sel4_ipc_buffer;
    struct pride_call call = { cap, info.words[0], { buffer->msg[0], buffer->msg[1], buffer->msg[2], buffer->msg[3] } };
    pride_enter(&call, number, reply, send);
    for (int i = 0; i < 4; i++) {
        buffer->msg[i] = call.words[i];
    }

    if (badge != NULL) {
        *badge = call.cap_or_badge;
    }

    return (seL4_MessageInfo_t){{ call.info }};
}

/* Enters the kernel without expecting an answer. */
static inline void pride_post(seL4_Word number, seL4_CPtr cap, seL4_MessageInfo_t info)
{
    seL4_IPCBuffer *buffer = __sel4_ipc_buffer;
    struct pride_call call = { cap, info.words[0], { buffer->msg[0], buffer->msg[1], buffer->msg[2], buffer->msg[3] } };
    pride_enter(&call, number, 0, 0);
}

static inline void seL4_Send(seL4_CPtr cap, seL4_MessageInfo_t info)
{
    pride_post((seL4_Word)seL4_SysSend, cap, info);
}

static inline void seL4_NBSend(seL4_CPtr cap, seL4_MessageInfo_t info)
{
    pride_post((seL4_Word)seL4_SysNBSend, cap, info);
}

static inline void seL4_Signal(seL4_CPtr cap)
{
    seL4_Send(cap, seL4_MessageInfo_new(0, 0, 0, 0));
}

static inline seL4_MessageInfo_t seL4_Call(seL4_CPtr cap, seL4_MessageInfo_t info)
{
    return pride_exchange((seL4_Word)seL4_SysCall, cap, info, 0, 0, NULL);
}

static inline seL4_MessageInfo_t seL4_Recv(seL4_CPtr cap, seL4_Word *badge, seL4_CPtr reply)
{
    return pride_exchange((seL4_Word)seL4_SysRecv, cap, seL4_MessageInfo_new(0, 0, 0, 0), reply, 0, badge);
}

static inline seL4_MessageInfo_t seL4_NBRecv(seL4_CPtr cap, seL4_Word *badge, seL4_CPtr reply)
{
    return pride_exchange((seL4_Word)seL4_SysNBRecv, cap, seL4_MessageInfo_new(0, 0, 0, 0), reply, 0, badge);
}

static inline seL4_MessageInfo_t seL4_ReplyRecv(seL4_CPtr cap, seL4_MessageInfo_t info, seL4_Word *badge, seL4_CPtr reply)
{
    return pride_exchange((seL4_Word)seL4_SysReplyRecv, cap, info, reply, 0, badge);
}

static inline seL4_MessageInfo_t seL4_NBSendRecv(seL4_CPtr send, seL4_MessageInfo_t info, seL4_CPtr cap, seL4_Word *badge, seL4_CPtr reply)
{
    return pride_exchange((seL4_Word)seL4_SysNBSendRecv, cap, info, reply, send, badge);
}

static inline seL4_MessageInfo_t seL4_Wait(seL4_CPtr cap, seL4_Word *badge)
{
    return pride_exchange((seL4_Word)seL4_SysWait, cap, seL4_MessageInfo_new(0, 0, 0, 0), 0, 0, badge);
}

static inline void seL4_Yield(void)
{
    pride_post((seL4_Word)seL4_SysYield, 0, seL4_MessageInfo_new(0, 0, 0, 0));
}

/* Debug configurations alone have these three; elsewhere they are a fault. */
static inline void seL4_DebugPutChar(char c)
{
    pride_post((seL4_Word)seL4_SysDebugPutChar, (unsigned char)c, seL4_MessageInfo_new(0, 0, 0, 0));
}

static inline void seL4_DebugHalt(void)
{
    pride_post((seL4_Word)seL4_SysDebugHalt, 0, seL4_MessageInfo_new(0, 0, 0, 0));
}

/* Names come from the image: the call is accepted and does nothing. */
static inline void seL4_DebugNameThread(seL4_CPtr tcb, const char *name)
{
    (void)name;
    pride_post((seL4_Word)seL4_SysDebugNameThread, tcb, seL4_MessageInfo_new(0, 0, 0, 0));
}

static inline seL4_Error pride_invoke(seL4_CPtr cap, seL4_Word label, seL4_Word length)
{
    return (seL4_Error)seL4_MessageInfo_get_label(seL4_Call(cap, seL4_MessageInfo_new(label, 0, 0, length)));
}

static inline seL4_Error pride_invoke_with_cap(seL4_CPtr cap, seL4_Word label, seL4_CPtr argument)
{
    seL4_SetCap(0, argument);
    return (seL4_Error)seL4_MessageInfo_get_label(seL4_Call(cap, seL4_MessageInfo_new(label, 0, 1, 0)));
}

static inline seL4_Error seL4_TCB_WriteRegisters(seL4_TCB tcb, seL4_Bool resume, seL4_Uint8 flags, seL4_Word count, const seL4_UserContext *context)
{
    const seL4_Word *words = (const seL4_Word *)context;
    seL4_SetMR(0, (seL4_Word)(resume & 1) | (seL4_Word)flags << 8);
    seL4_SetMR(1, count);
    for (seL4_Word i = 0; i < count && i < sizeof(*context) / sizeof(seL4_Word); i++) {
        seL4_SetMR(2 + (int)i, words[i]);
    }

    return pride_invoke(tcb, pride_labels.tcb_write_registers, 2 + count);
}

static inline seL4_Error seL4_TCB_ReadRegisters(seL4_TCB tcb, seL4_Bool suspend, seL4_Uint8 flags, seL4_Word count, seL4_UserContext *context)
{
    seL4_Word *words = (seL4_Word *)context;
    seL4_SetMR(0, (seL4_Word)(suspend & 1) | (seL4_Word)flags << 8);
    seL4_SetMR(1, count);
    seL4_Error error = pride_invoke(tcb, pride_labels.tcb_read_registers, 2);
    for (seL4_Word i = 0; error == seL4_NoError && i < count && i < sizeof(*context) / sizeof(seL4_Word); i++) {
        words[i] = seL4_GetMR((int)i);
    }

    return error;
}

static inline seL4_Error seL4_TCB_Suspend(seL4_TCB tcb)
{
    return pride_invoke(tcb, pride_labels.tcb_suspend, 0);
}

static inline seL4_Error seL4_TCB_Resume(seL4_TCB tcb)
{
    return pride_invoke(tcb, pride_labels.tcb_resume, 0);
}

static inline seL4_Error seL4_TCB_SetPriority(seL4_TCB tcb, seL4_CPtr authority, seL4_Word priority)
{
    seL4_SetMR(0, priority);
    seL4_SetCap(0, authority);
    return (seL4_Error)seL4_MessageInfo_get_label(seL4_Call(tcb, seL4_MessageInfo_new(pride_labels.tcb_set_priority, 0, 1, 1)));
}

static inline seL4_Error seL4_TCB_BindNotification(seL4_TCB tcb, seL4_CPtr notification)
{
    return pride_invoke_with_cap(tcb, pride_labels.tcb_bind_notification, notification);
}

static inline seL4_Error seL4_TCB_UnbindNotification(seL4_TCB tcb)
{
    return pride_invoke(tcb, pride_labels.tcb_unbind_notification, 0);
}

static inline seL4_Error seL4_SchedContext_Bind(seL4_SchedContext context, seL4_CPtr cap)
{
    return pride_invoke_with_cap(context, pride_labels.sched_context_bind, cap);
}

static inline seL4_Error seL4_SchedContext_Unbind(seL4_SchedContext context)
{
    return pride_invoke(context, pride_labels.sched_context_unbind, 0);
}

static inline seL4_Error seL4_SchedContext_UnbindObject(seL4_SchedContext context, seL4_CPtr cap)
{
    return pride_invoke_with_cap(context, pride_labels.sched_context_unbind_object, cap);
}

typedef struct seL4_SchedContext_Consumed {
    int error;
    seL4_Word consumed;
} seL4_SchedContext_Consumed_t;

/* Microseconds used since this was asked last. */
static inline seL4_SchedContext_Consumed_t seL4_SchedContext_Consumed(seL4_SchedContext context)
{
    int error = (int)pride_invoke(context, pride_labels.sched_context_consumed, 0);
    return (seL4_SchedContext_Consumed_t){ error, error == seL4_NoError ? seL4_GetMR(0) : 0 };
}

static inline seL4_Error seL4_IRQHandler_Ack(seL4_IRQHandler irq)
{
    return pride_invoke(irq, pride_labels.irq_ack, 0);
}

/* Labels of fault messages (MCS). */
enum {
    seL4_Fault_NullFault = 0,
    seL4_Fault_CapFault = 1,
    seL4_Fault_UnknownSyscall = 2,
    seL4_Fault_UserException = 3,
    seL4_Fault_DebugException = 4,
    seL4_Fault_Timeout = 5,
    seL4_Fault_VMFault = 6,
    seL4_Fault_VGICMaintenance = 7,
    seL4_Fault_VCPUFault = 8,
    seL4_Fault_VPPIEvent = 9,
};

/* Words of a memory fault's message; a timeout's are the context's badge and the microseconds used. */
enum {
    seL4_VMFault_IP = 0,
    seL4_VMFault_Addr = 1,
    seL4_VMFault_PrefetchFault = 2,
    seL4_VMFault_FSR = 3,
    seL4_VMFault_Length = 4,
    seL4_Timeout_Data = 0,
    seL4_Timeout_Consumed = 1,
};
