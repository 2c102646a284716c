/* The 16550A (National Semiconductor PC16550D data sheet), a byte for each register; where they are, ns16550a.h's two functions know. */

#include "ns16550a.h"
#include "uart.h"

/* Register offsets in bytes, and bits (data sheet, chapter 8). */
#define DATA 0
#define INTERRUPT_ENABLE 1
#define FIFO_CONTROL 2
#define LINE_CONTROL 3
#define MODEM_CONTROL 4
#define LINE_STATUS 5
#define ENABLE_RECEIVE (1u << 0)
#define ENABLE_TRANSMIT (1u << 1)
#define FIFOS_CLEARED_AND_ON 7u
#define LINE_EIGHT_BITS 3u
#define MODEM_READY_AND_INTERRUPTS (1u << 0 | 1u << 1 | 1u << 3)
#define STATUS_RECEIVED (1u << 0)
#define STATUS_TRANSMIT_EMPTY (1u << 5)

void uart_init(uintptr_t registers)
{
    ns16550a_open(registers);
    ns16550a_write(INTERRUPT_ENABLE, 0);
    ns16550a_write(LINE_CONTROL, LINE_EIGHT_BITS);
    ns16550a_write(FIFO_CONTROL, FIFOS_CLEARED_AND_ON);
    ns16550a_write(MODEM_CONTROL, MODEM_READY_AND_INTERRUPTS);
}

int uart_may_send(void)
{
    return ns16550a_read(LINE_STATUS) & STATUS_TRANSMIT_EMPTY;
}

void uart_send(char value)
{
    ns16550a_write(DATA, (unsigned char)value);
}

int uart_has_received(void)
{
    return ns16550a_read(LINE_STATUS) & STATUS_RECEIVED;
}

char uart_receive(void)
{
    return (char)ns16550a_read(DATA);
}

/* All off in between: a PC's interrupt is an edge, and what is pending then raises a new one. */
void uart_enable(int receive, int transmit)
{
    ns16550a_write(INTERRUPT_ENABLE, 0);
    ns16550a_write(INTERRUPT_ENABLE, (uint8_t)((receive ? ENABLE_RECEIVE : 0) | (transmit ? ENABLE_TRANSMIT : 0)));
}

/* Reading a byte, or writing one, takes an interrupt back. */
void uart_clear_interrupts(void)
{
}
