/* A driver in C under virtualisers in C#: the Arm PL011 UART (PrimeCell UART PL011, TRM DDI 0183), as an sDDF serial driver.

   It moves bytes between the FIFOs and the two queues. The transmit interrupt is on while bytes wait that the FIFO would not take; the receive
   interrupts are off while the queue has no room. */

#include <microkit.h>
#include <sddf/serial.h>

/* Register offsets in bytes, and bits (TRM, chapter 3). */
#define DATA 0x000
#define FLAGS 0x018
#define LINE_CONTROL 0x02c
#define CONTROL 0x030
#define INTERRUPT_MASK 0x038
#define MASKED_STATUS 0x040
#define INTERRUPT_CLEAR 0x044
#define FLAG_RECEIVE_EMPTY (1u << 4)
#define FLAG_TRANSMIT_FULL (1u << 5)
#define LINE_EIGHT_BITS_AND_FIFOS (7u << 4)
#define CONTROL_ENABLE_BOTH_WAYS (1u << 0 | 1u << 8 | 1u << 9)
#define INTERRUPTS_RECEIVE (1u << 4 | 1u << 6)
#define INTERRUPT_TRANSMIT (1u << 5)
#define ALL_INTERRUPTS 0x7ffu

SDDF_CONFIG(".serial_driver_config", serial_driver_config_t, config);
SDDF_CONFIG(".device_resources", device_resources_t, device);

static serial_queue_handle_t rx;
static serial_queue_handle_t tx;
static uint32_t enabled;

static volatile uint32_t *at(uintptr_t offset)
{
    return (volatile uint32_t *)(device.regions[0].region.vaddr + offset);
}

static void enable(uint32_t interrupts)
{
    enabled = interrupts;
    *at(INTERRUPT_MASK) = interrupts;
}

static void transmit(void)
{
    char value;
    int moved = 0;
    while (!(*at(FLAGS) & FLAG_TRANSMIT_FULL) && serial_dequeue(&tx, &value)) {
        *at(DATA) = (unsigned char)value;
        moved = 1;
    }

    enable(serial_queue_is_empty(&tx) ? enabled & ~INTERRUPT_TRANSMIT : enabled | INTERRUPT_TRANSMIT);
    if (moved && sddf_take_signal(&tx.queue->producer_signalled)) {
        microkit_notify(config.tx.id);
    }
}

static void receive(void)
{
    int moved = 0;
    enable(enabled | INTERRUPTS_RECEIVE);
    while (!(*at(FLAGS) & FLAG_RECEIVE_EMPTY)) {
        if (!serial_queue_has_room(&rx)) {
            enable(enabled & ~INTERRUPTS_RECEIVE);
            sddf_request_signal(&rx.queue->producer_signalled);
            if (!serial_queue_has_room(&rx)) {
                break;
            }

            sddf_cancel_signal(&rx.queue->producer_signalled);
            enable(enabled | INTERRUPTS_RECEIVE);
        }

        serial_enqueue(&rx, (char)*at(DATA));
        moved = 1;
    }

    if (moved) {
        microkit_notify(config.rx.id);
    }
}

void init(void)
{
    if (!sddf_is(config.magic, SDDF_SERIAL) || !sddf_is(device.magic, SDDF_DEVICE) || device.num_regions != 1 || device.num_irqs != 1) {
        microkit_internal_crash(seL4_InvalidArgument);
    }

    serial_consumer_init(&tx, &config.tx);
    *at(CONTROL) = 0;
    *at(INTERRUPT_CLEAR) = ALL_INTERRUPTS;
    *at(LINE_CONTROL) = LINE_EIGHT_BITS_AND_FIFOS;
    *at(CONTROL) = CONTROL_ENABLE_BOTH_WAYS;
    enable(0);
    if (config.rx_enabled) {
        serial_producer_init(&rx, &config.rx);
        enable(INTERRUPTS_RECEIVE);
    }

    transmit();
}

void notified(microkit_channel ch)
{
    if (ch == device.irqs[0]) {
        /* Cleared before the FIFOs are looked at: what comes after the look raises it anew. */
        uint32_t pending = *at(MASKED_STATUS);
        *at(INTERRUPT_CLEAR) = pending;
        if (pending & INTERRUPTS_RECEIVE) {
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
