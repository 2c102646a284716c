/* Where the registers of a 16550A are: ns16550a_memory.c and ns16550a_ports.c answer. */

#pragma once

#include <stdint.h>

/* Their address, where they are memory. */
void ns16550a_open(uintptr_t registers);

uint8_t ns16550a_read(unsigned int offset);
void ns16550a_write(unsigned int offset, uint8_t value);
