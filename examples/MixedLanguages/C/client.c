/* A client in C of network and serial stacks in C#: it answers ARP for its address and echoes UDP datagrams to port 7 (RFC 862), and tells the console
   what it does. Swapping both addresses and both ports changes no checksum, so an echo needs none computed. */

#include <microkit.h>
#include <sddf/network.h>
#include <sddf/serial.h>
#include <sddf/timer.h>

#define ECHO_PORT 7
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP 0x0806
#define PROTOCOL_UDP 17
#define ETHERNET_BYTES 14
#define ARP_BYTES 28
#define IPV4_BYTES 20
#define UDP_BYTES 8
#define ALARM_NANOSECONDS 100000000

/* 10.0.2.15, the first address that QEMU's user network forwards to. */
static const uint8_t own_address[4] = { 10, 0, 2, 15 };

SDDF_CONFIG(".net_client_config", net_client_config_t, config);
SDDF_CONFIG(".serial_client_config", serial_client_config_t, console);
SDDF_CONFIG(".timer_client_config", timer_client_config_t, timer);

static net_queue_handle_t rx_free, rx_active, tx_free, tx_active;
static serial_queue_handle_t out;
static uint32_t echoed;
static uint64_t started;
static int printed;

static void print(const char *text)
{
    for (; *text != 0 && serial_enqueue(&out, *text); text++) {
        printed = 1;
    }
}

static void print_number(uint32_t value)
{
    char digits[11];
    char *first = &digits[10];
    *first = 0;
    do {
        *--first = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(first);
}

static uint16_t big_endian(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static int equal(const uint8_t *left, const uint8_t *right, int count)
{
    int same = 1;
    for (int i = 0; i < count; i++) {
        same &= left[i] == right[i];
    }

    return same;
}

static void copy(uint8_t *to, const uint8_t *from, int count)
{
    for (int i = 0; i < count; i++) {
        to[i] = from[i];
    }
}

static void swap(uint8_t *left, uint8_t *right, int count)
{
    for (int i = 0; i < count; i++) {
        uint8_t value = left[i];
        left[i] = right[i];
        right[i] = value;
    }
}

static void own_mac(uint8_t *to)
{
    for (int i = 0; i < 6; i++) {
        to[i] = config.mac_addr[i];
    }
}

/* Turns a frame into its answer, in place; 0 when there is none. */
static int answer(uint8_t *frame, int length)
{
    uint8_t *payload = frame + ETHERNET_BYTES;
    uint16_t type = big_endian(frame + 12);
    if (type == ETHERTYPE_ARP && length >= ETHERNET_BYTES + ARP_BYTES && big_endian(payload + 6) == 1 && equal(payload + 24, own_address, 4)) {
        payload[7] = 2;
        copy(payload + 18, payload + 8, 10);
        own_mac(payload + 8);
        copy(payload + 14, own_address, 4);
    } else if (type == ETHERTYPE_IPV4 && length >= ETHERNET_BYTES + IPV4_BYTES + UDP_BYTES && payload[0] == 0x45 && payload[9] == PROTOCOL_UDP
               && (big_endian(payload + 6) & 0x3fff) == 0 && equal(payload + 16, own_address, 4) && big_endian(payload + IPV4_BYTES + 2) == ECHO_PORT) {
        swap(payload + 12, payload + 16, 4);
        swap(payload + IPV4_BYTES, payload + IPV4_BYTES + 2, 2);
        echoed++;
    } else {
        return 0;
    }

    copy(frame, frame + 6, 6);
    own_mac(frame + 6);
    return 1;
}

/* Answers one received frame by a copy in a transmit buffer. */
static int handle(net_buff_desc_t received)
{
    net_buff_desc_t sent;
    if (received.io_or_offset % NET_BUFFER_SIZE != 0 || received.io_or_offset >= config.rx_data.size || received.len > NET_BUFFER_SIZE
        || received.len < ETHERNET_BYTES || net_is_empty(&tx_free)) {
        return 0;
    }

    uint8_t *frame = (uint8_t *)config.rx_data.vaddr + received.io_or_offset;
    if (!answer(frame, received.len) || !net_dequeue(&tx_free, &sent) || sent.io_or_offset >= config.tx_data.size) {
        return 0;
    }

    copy((uint8_t *)config.tx_data.vaddr + sent.io_or_offset, frame, received.len);
    sent.len = received.len;
    return net_enqueue(&tx_active, sent);
}

static void serve(void)
{
    net_buff_desc_t buffer;
    int sent = 0;
    int freed = 0;
    uint32_t before = echoed;
    do {
        sddf_cancel_signal(&rx_active.queue->consumer_signalled);
        while (net_dequeue(&rx_active, &buffer)) {
            sent |= handle(buffer);
            buffer.len = 0;
            freed |= net_enqueue(&rx_free, buffer);
        }

        sddf_request_signal(&rx_active.queue->consumer_signalled);
    } while (!net_is_empty(&rx_active));

    if (freed && sddf_take_signal(&rx_free.queue->consumer_signalled)) {
        microkit_notify(config.rx.id);
    }

    if (sent && sddf_take_signal(&tx_active.queue->consumer_signalled)) {
        microkit_notify(config.tx.id);
    }

    if (echoed != before) {
        print("client (C): ");
        print_number(echoed);
        print(" datagrams echoed\n");
    }
}

static void flush(void)
{
    if (printed) {
        printed = 0;
        microkit_deferred_notify(console.tx.id);
    }
}

void init(void)
{
    if (!sddf_is(config.magic, SDDF_NETWORK) || !sddf_is(console.magic, SDDF_SERIAL) || !sddf_is(timer.magic, SDDF_TIMER)) {
        microkit_internal_crash(seL4_InvalidArgument);
    }

    serial_producer_init(&out, &console.tx);
    net_producer_init(&rx_free, config.rx.free_queue.vaddr, config.rx.num_buffers);
    net_consumer_init(&rx_active, config.rx.active_queue.vaddr, config.rx.num_buffers);
    net_producer_init(&tx_free, config.tx.free_queue.vaddr, config.tx.num_buffers);

    /* A client fills the queue of free transmit buffers itself, before it takes its consumer's end; not again when it is restarted. */
    int filled = tx_free.own != 0;
    for (uint64_t i = 0; !filled && i < config.tx.num_buffers && i < config.tx_data.size / NET_BUFFER_SIZE; i++) {
        net_enqueue(&tx_free, (net_buff_desc_t){ .io_or_offset = i * NET_BUFFER_SIZE });
    }

    net_consumer_init(&tx_free, config.tx.free_queue.vaddr, config.tx.num_buffers);
    net_producer_init(&tx_active, config.tx.active_queue.vaddr, config.tx.num_buffers);
    print("client (C): echoing UDP port 7 of 10.0.2.15\n");
    started = timer_now(timer.driver_id);
    timer_set_timeout(timer.driver_id, ALARM_NANOSECONDS);
    serve();
    flush();
}

void notified(microkit_channel ch)
{
    if (ch == config.rx.id || ch == config.tx.id) {
        serve();
    } else if (ch == timer.driver_id) {
        uint64_t now = timer_now(timer.driver_id);
        print(now - started < ALARM_NANOSECONDS ? "client (C): the alarm came too early\n"
              : timer_now(timer.driver_id) <= now ? "client (C): the clock stands still\n"
                                                  : "client (C): the alarm came in time\n");
    }

    flush();
}
