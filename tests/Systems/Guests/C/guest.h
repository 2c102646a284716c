/* What guests and their managers agree on: guest-physical addresses, the registers of the device that managers emulate, numbers of checks. */

#pragma once

#define GUEST_RAM 0x40000000UL
#define GUEST_DATA 0x40100000UL
#define GUEST_STACK_TOP 0x40110000UL
#define GUEST_TABLES 0x40120000UL

/* Readable, not writable. */
#define GUEST_CONSTANTS 0x50000000UL

/* GICv2's virtual CPU interface, where a guest expects the interface. */
#define GUEST_GIC_CPU 0x08010000UL

/* Nothing is mapped here: every access is a fault that the manager answers. */
#define DEVICE 0x0c000000UL
#define DEVICE_PUT_CHARACTER 0x00
#define DEVICE_MAGIC 0x08
#define DEVICE_GIC_VERSION 0x10
#define DEVICE_CHECK 0x18           /* written: number of the check << 1 | passed */
#define DEVICE_INJECT 0x20          /* written: how many interrupts to give, from FIRST_IRQ on */
#define DEVICE_ACTIVE 0x28          /* read: what the kernel says to an interrupt for the list register that is served just now */
#define DEVICE_STOP 0x30            /* written: stop me, look at me and start me again at the entry for the second time */
#define DEVICE_ROUND 0x38           /* written: no more than an exit; for measuring */
#define DEVICE_STORE_COST 0x40      /* written: ticks of ROUNDS stores to the device */
#define DEVICE_CALL_COST 0x48       /* written: ticks of ROUNDS hypervisor calls */
#define ROUNDS 10

#define MAGIC 0x1234abcd5678ef01UL

#define HYPERCALL_NUMBER 100
#define HYPERCALL_ANSWER 42
#define MONITOR_CALL 0x84000000UL
#define MONITOR_ANSWER 0x10001
#define TRAPPED_REGISTER_VALUE 5

#define FIRST_IRQ 40
#define TIMER_IRQ 27

/* Addresses at which the guest does what it may not, on its second run. */
#define WILD_STORE 0x7f001230UL
#define WILD_JUMP 0x7f002000UL
#define STOPPED_VALUE 0x5709UL

/* Entry points: offsets into the code. */
#define FIRST_ENTRY 0
#define SECOND_ENTRY 8

/* The priority in list registers is 0..31; group 1 is what GICv3 signals as IRQ. */
#define VIRTUAL_PRIORITY 16
#define DELETE_FIRST 8
