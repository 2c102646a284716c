/* The serial class (Pride.Abi/Sddf/SerialConfigs.cs): configurations, and the queue of bytes. */

#pragma once

#include <sddf/resources.h>

typedef struct {
    region_resource_t queue;
    region_resource_t data;
    uint8_t id;
} serial_connection_resource_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    serial_connection_resource_t rx;
    serial_connection_resource_t tx;
    uint64_t default_baud;
    uint8_t rx_enabled;
} serial_driver_config_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    serial_connection_resource_t driver;
    serial_connection_resource_t clients[SDDF_MAX_CLIENTS];
    uint8_t num_clients;
    char switch_char;
    char terminate_num_char;
} serial_virt_rx_config_t;

typedef struct {
    serial_connection_resource_t conn;
    char name[64];
} serial_virt_tx_client_config_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    serial_connection_resource_t driver;
    serial_virt_tx_client_config_t clients[SDDF_MAX_CLIENTS];
    uint8_t num_clients;
    char begin_str[128];
    uint8_t enable_colour;
    uint8_t enable_rx;
} serial_virt_tx_config_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    serial_connection_resource_t rx;
    serial_connection_resource_t tx;
} serial_client_config_t;

_Static_assert(sizeof(serial_driver_config_t) == 104, "layout of serial_driver_config");
_Static_assert(sizeof(serial_virt_rx_config_t) == 2616, "layout of serial_virt_rx_config");
_Static_assert(sizeof(serial_virt_tx_config_t) == 6840, "layout of serial_virt_tx_config");
_Static_assert(sizeof(serial_client_config_t) == 88, "layout of serial_client_config");

/* In shared memory. Indices run freely over 32 bits; the slot is the index modulo the capacity, a power of two. */
typedef struct {
    uint32_t tail;
    uint32_t head;
    uint32_t producer_signalled;
} serial_queue_t;

/* One side's view. The own index is kept privately: what a neighbour writes over it does no harm. */
typedef struct {
    serial_queue_t *queue;
    char *data;
    uint32_t capacity;
    uint32_t own;
} serial_queue_handle_t;

static inline void serial_producer_init(serial_queue_handle_t *handle, const volatile serial_connection_resource_t *connection)
{
    handle->queue = (serial_queue_t *)connection->queue.vaddr;
    handle->data = (char *)connection->data.vaddr;
    handle->capacity = (uint32_t)connection->data.size;
    handle->own = handle->queue->tail;
}

static inline void serial_consumer_init(serial_queue_handle_t *handle, const volatile serial_connection_resource_t *connection)
{
    serial_producer_init(handle, connection);
    handle->own = handle->queue->head;
}

/* Bytes between two indices, as far as that is plausible. */
static inline uint32_t serial_distance(const serial_queue_handle_t *handle, uint32_t from, uint32_t to)
{
    return to - from <= handle->capacity ? to - from : 0;
}

static inline int serial_queue_has_room(const serial_queue_handle_t *handle)
{
    return serial_distance(handle, __atomic_load_n(&handle->queue->head, __ATOMIC_ACQUIRE), handle->own) < handle->capacity;
}

static inline int serial_queue_is_empty(const serial_queue_handle_t *handle)
{
    return serial_distance(handle, handle->own, __atomic_load_n(&handle->queue->tail, __ATOMIC_ACQUIRE)) == 0;
}

/* Writes one byte; 0 when there is no room. */
static inline int serial_enqueue(serial_queue_handle_t *handle, char value)
{
    if (!serial_queue_has_room(handle)) {
        return 0;
    }

    handle->data[handle->own++ % handle->capacity] = value;
    __atomic_store_n(&handle->queue->tail, handle->own, __ATOMIC_RELEASE);
    return 1;
}

/* Reads one byte; 0 when none waits. */
static inline int serial_dequeue(serial_queue_handle_t *handle, char *value)
{
    if (serial_queue_is_empty(handle)) {
        return 0;
    }

    *value = handle->data[handle->own++ % handle->capacity];
    __atomic_store_n(&handle->queue->head, handle->own, __ATOMIC_RELEASE);
    return 1;
}
