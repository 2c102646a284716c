/* What the manager asks and the kernel's part expects. */

#pragma once

#include <microkit.h>

/* Channels: the manager's, by which its calls come; the kernel's; one that only an entry's end names. */
#define TO_KERNEL 4
#define TO_MANAGER 6
#define FROM_NOWHERE 9

/* The manager's way to say that something is not as it must be: the word says what. */
#define COMPLAINT 0xbad
#define DONE 0x600d

/* A field that the kernel keeps, and registers of the CPU (Intel SDM: guest interruptibility state; EFER, LSTAR). */
#define FIELD 0x4824
#define EFER 0xc0000080
#define LSTAR 0xc0000082

/* Words of an entry; an exit gives each one more, a second one two more. */
#define GUEST_RIP 0x1000
#define CONTROLS 0x2000
#define INTERRUPT 0x3000
#define EXIT_REASON 48
