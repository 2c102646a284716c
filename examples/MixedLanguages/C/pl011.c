/* The Arm PL011 (PrimeCell UART PL011, TRM DDI 0183). */

#include "uart.h"

/* Register offsets in bytes, and bits (TRM, chapter 3). */
#define DATA 0x000
#define FLAGS 0x018
#define LINE_CONTROL 0x02c
#define CONTROL 0x030
#define INTERRUPT_MASK 0x038
#define INTERRUPT_CLEAR 0x044
#define FLAG_RECEIVE_EMPTY (1u << 4)
#define FLAG_TRANSMIT_FULL (1u << 5)
#define LINE_EIGHT_BITS_AND_FIFOS (7u << 4)
#define CONTROL_ENABLE_BOTH_WAYS (1u << 0 | 1u << 8 | 1u << 9)
#define INTERRUPTS_RECEIVE (1u << 4 | 1u << 6)
#define INTERRUPT_TRANSMIT (1u << 5)
#define ALL_INTERRUPTS 0x7ffu

static uintptr_t base;

static volatile uint32_t *at(uintptr_t offset)
{
    return (volatile uint32_t *)(base + offset);
}

void uart_init(uintptr_t registers)
{
    base = registers;
    *at(CONTROL) = 0;
    *at(INTERRUPT_MASK) = 0;
    *at(INTERRUPT_CLEAR) = ALL_INTERRUPTS;
    *at(LINE_CONTROL) = LINE_EIGHT_BITS_AND_FIFOS;
    *at(CONTROL) = CONTROL_ENABLE_BOTH_WAYS;
}

int uart_may_send(void)
{
    return !(*at(FLAGS) & FLAG_TRANSMIT_FULL);
}

void uart_send(char value)
{
    *at(DATA) = (unsigned char)value;
}

int uart_has_received(void)
{
    return !(*at(FLAGS) & FLAG_RECEIVE_EMPTY);
}

char uart_receive(void)
{
    return (char)*at(DATA);
}

void uart_enable(int receive, int transmit)
{
    *at(INTERRUPT_MASK) = (receive ? INTERRUPTS_RECEIVE : 0) | (transmit ? INTERRUPT_TRANSMIT : 0);
}

void uart_clear_interrupts(void)
{
    *at(INTERRUPT_CLEAR) = ALL_INTERRUPTS;
}
