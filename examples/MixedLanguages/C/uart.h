/* What the serial driver asks of a UART: pl011.c and ns16550a.c answer. */

#pragma once

#include <stdint.h>

/* Eight bits, FIFOs, both ways; no interrupt enabled yet. The registers' address is 0 where they are I/O ports. */
void uart_init(uintptr_t registers);

int uart_may_send(void);
void uart_send(char value);
int uart_has_received(void);
char uart_receive(void);

/* Which interrupts are on. */
void uart_enable(int receive, int transmit);

/* Takes back what is pending, before the FIFOs are looked at: what comes after the look raises it anew. */
void uart_clear_interrupts(void);
