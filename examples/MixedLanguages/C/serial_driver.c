/* A driver in C under virtualisers in C#: an sDDF serial driver over uart.h.

   It moves bytes between the FIFOs and the two queues, and holds no policy. The transmit interrupt is on while bytes wait that the FIFO would not take;
   the receive interrupt is off while the queue has no room. */

#include "uart.h"
#include <microkit.h>
#include <sddf/serial.h>

SDDF_CONFIG(".serial_driver_config", serial_driver_config_t, config);
SDDF_CONFIG(".device_resources", device_resources_t, device);

static serial_queue_handle_t rx;
static serial_queue_handle_t tx;
static int receives;
static int transmits;

static void transmit(void)
{
    char value;
    int moved = 0;
    while (uart_may_send() && serial_dequeue(&tx, &value)) {
        uart_send(value);
        moved = 1;
    }

    transmits = !serial_queue_is_empty(&tx);
    uart_enable(receives, transmits);
    if (moved && sddf_take_signal(&tx.queue->producer_signalled)) {
        microkit_notify(config.tx.id);
    }
}

static void receive(void)
{
    int moved = 0;
    receives = 1;
    while (uart_has_received()) {
        if (!serial_queue_has_room(&rx)) {
            sddf_request_signal(&rx.queue->producer_signalled);
            if (!serial_queue_has_room(&rx)) {
                receives = 0;
                break;
            }

            sddf_cancel_signal(&rx.queue->producer_signalled);
        }

        serial_enqueue(&rx, uart_receive());
        moved = 1;
    }

    uart_enable(receives, transmits);
    if (moved) {
        microkit_notify(config.rx.id);
    }
}

void init(void)
{
    if (!sddf_is(config.magic, SDDF_SERIAL) || !sddf_is(device.magic, SDDF_DEVICE) || device.num_regions > 1 || device.num_irqs != 1) {
        microkit_internal_crash(seL4_InvalidArgument);
    }

    /* No region: the registers are I/O ports. */
    uart_init(device.num_regions == 0 ? 0 : device.regions[0].region.vaddr);
    serial_consumer_init(&tx, &config.tx);
    if (config.rx_enabled) {
        serial_producer_init(&rx, &config.rx);
        receive();
    }

    transmit();
}

void notified(microkit_channel ch)
{
    if (ch == device.irqs[0]) {
        uart_clear_interrupts();
        if (config.rx_enabled) {
            receive();
        }

        transmit();
        microkit_deferred_irq_ack(ch);
    } else if (ch == config.tx.id) {
        transmit();
    } else if (config.rx_enabled && ch == config.rx.id) {
        receive();
    }
}
