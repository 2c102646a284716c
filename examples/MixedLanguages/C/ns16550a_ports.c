/* Registers in I/O ports, as PCs have them. The kernel reaches them for the driver. */

#include "ns16550a.h"
#include <microkit.h>

/* Filled when the system is built. */
seL4_Word uart_ports;
seL4_Word uart_first_port;

void ns16550a_open(uintptr_t registers)
{
    (void)registers;
}

uint8_t ns16550a_read(unsigned int offset)
{
    return microkit_x86_ioport_read_8((microkit_ioport)uart_ports, uart_first_port + offset);
}

void ns16550a_write(unsigned int offset, uint8_t value)
{
    microkit_x86_ioport_write_8((microkit_ioport)uart_ports, uart_first_port + offset, value);
}
