/* The network class (Pride.Abi/Sddf/NetworkConfigs.cs and NetworkQueues.cs): configurations, and the queues of buffer descriptors. */

#pragma once

#include <sddf/resources.h>

/* Every buffer has this size and is aligned to it in its region. */
#define NET_BUFFER_SIZE 2048

typedef struct {
    region_resource_t free_queue;
    region_resource_t active_queue;
    uint16_t num_buffers;
    uint8_t id;
} net_connection_resource_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    net_connection_resource_t virt_rx;
    net_connection_resource_t virt_tx;
} net_driver_config_t;

typedef struct {
    device_region_resource_t data;
    uint32_t num_buffers;
} net_virt_tx_data_region_t;

typedef struct {
    net_connection_resource_t conn;
    net_virt_tx_data_region_t regions[SDDF_MAX_CLIENTS];
    uint8_t num_regions;
} net_virt_tx_client_config_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    net_connection_resource_t driver;
    net_virt_tx_client_config_t clients[SDDF_MAX_CLIENTS];
    uint8_t num_clients;
} net_virt_tx_config_t;

typedef struct {
    net_connection_resource_t conn;
    uint8_t mac_addrs[SDDF_MAX_CLIENTS][6];
    uint8_t num_macs;
} net_virt_rx_client_config_t;

/* buffer_metadata: at least a byte for each buffer of `data`, zero at boot. */
typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    net_connection_resource_t driver;
    device_region_resource_t data;
    region_resource_t buffer_metadata;
    net_virt_rx_client_config_t clients[SDDF_MAX_CLIENTS];
    uint8_t num_clients;
} net_virt_rx_config_t;

/* rx_data: by a buffer's owner. */
typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    net_connection_resource_t rx;
    region_resource_t rx_data[SDDF_MAX_CLIENTS];
    net_connection_resource_t client;
    region_resource_t client_data;
} net_copy_config_t;

/* For programs that are linked with sDDF's lwIP library. */
typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    region_resource_t pbuf_pool;
    uint64_t num_pbufs;
} lib_sddf_lwip_config_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    net_connection_resource_t rx;
    region_resource_t rx_data;
    net_connection_resource_t tx;
    region_resource_t tx_data;
    uint8_t mac_addr[6];
} net_client_config_t;

_Static_assert(sizeof(net_driver_config_t) == 88, "layout of net_driver_config");
_Static_assert(sizeof(net_virt_tx_config_t) == 134200, "layout of net_virt_tx_config");
_Static_assert(sizeof(net_virt_rx_config_t) == 27744, "layout of net_virt_rx_config");
_Static_assert(sizeof(net_copy_config_t) == 1128, "layout of net_copy_config");
_Static_assert(sizeof(lib_sddf_lwip_config_t) == 32, "layout of lib_sddf_lwip_config");
_Static_assert(sizeof(net_client_config_t) == 128, "layout of net_client_config");

/* What travels in the queues: a buffer's offset in its region, and how much of it is used. */
typedef struct {
    uint64_t io_or_offset;
    uint16_t len;
    uint8_t owner;
} net_buff_desc_t;

/* In shared memory. Indices run freely over 16 bits; the capacity is a power of two. */
typedef struct {
    uint16_t tail;
    uint16_t head;
    uint32_t consumer_signalled;
    net_buff_desc_t buffers[];
} net_queue_t;

_Static_assert(sizeof(net_buff_desc_t) == 16 && offsetof(net_queue_t, buffers) == 8, "layout of net_queue");

/* One side's view of one queue; the own index is kept privately. */
typedef struct {
    net_queue_t *queue;
    uint16_t capacity;
    uint16_t own;
} net_queue_handle_t;

static inline void net_producer_init(net_queue_handle_t *handle, uintptr_t queue, uint16_t capacity)
{
    handle->queue = (net_queue_t *)queue;
    handle->capacity = capacity;
    handle->own = handle->queue->tail;
}

static inline void net_consumer_init(net_queue_handle_t *handle, uintptr_t queue, uint16_t capacity)
{
    net_producer_init(handle, queue, capacity);
    handle->own = handle->queue->head;
}

/* 0 when the queue is full, or its other side's index makes no sense. */
static inline int net_enqueue(net_queue_handle_t *handle, net_buff_desc_t buffer)
{
    uint16_t used = (uint16_t)(handle->own - __atomic_load_n(&handle->queue->head, __ATOMIC_ACQUIRE));
    if (used >= handle->capacity) {
        return 0;
    }

    handle->queue->buffers[handle->own++ % handle->capacity] = buffer;
    __atomic_store_n(&handle->queue->tail, handle->own, __ATOMIC_RELEASE);
    return 1;
}

/* 0 when the queue is empty, or its other side's index makes no sense. */
static inline int net_dequeue(net_queue_handle_t *handle, net_buff_desc_t *buffer)
{
    uint16_t waiting = (uint16_t)(__atomic_load_n(&handle->queue->tail, __ATOMIC_ACQUIRE) - handle->own);
    if (waiting == 0 || waiting > handle->capacity) {
        return 0;
    }

    *buffer = handle->queue->buffers[handle->own++ % handle->capacity];
    __atomic_store_n(&handle->queue->head, handle->own, __ATOMIC_RELEASE);
    return 1;
}

static inline int net_is_empty(const net_queue_handle_t *handle)
{
    return __atomic_load_n(&handle->queue->tail, __ATOMIC_ACQUIRE) == handle->own;
}
