/* Registers in memory, as boards have them. */

#include "ns16550a.h"

static volatile uint8_t *base;

void ns16550a_open(uintptr_t registers)
{
    base = (volatile uint8_t *)registers;
}

uint8_t ns16550a_read(unsigned int offset)
{
    return base[offset];
}

void ns16550a_write(unsigned int offset, uint8_t value)
{
    base[offset] = value;
}
