/* The block class (Pride.Abi/Sddf/BlockConfigs.cs and BlockQueues.cs): configurations, requests, responses and what a client learns of its medium. */

#pragma once

#include <sddf/resources.h>

/* The unit of block numbers and counts. */
#define BLK_TRANSFER_SIZE 4096

typedef struct {
    region_resource_t storage_info;
    region_resource_t req_queue;
    region_resource_t resp_queue;
    uint16_t num_buffers;
    uint8_t id;
} blk_connection_resource_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    blk_connection_resource_t virt;
} blk_driver_config_t;

typedef struct {
    blk_connection_resource_t conn;
    device_region_resource_t data;
    uint32_t partition;
} blk_virt_config_client_t;

typedef struct {
    blk_connection_resource_t conn;
    device_region_resource_t data;
} blk_virt_config_driver_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    uint64_t num_clients;
    blk_virt_config_driver_t driver;
    blk_virt_config_client_t clients[SDDF_MAX_CLIENTS];
} blk_virt_config_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    blk_connection_resource_t virt;
    region_resource_t data;
} blk_client_config_t;

_Static_assert(sizeof(blk_driver_config_t) == 64, "layout of blk_driver_config");
_Static_assert(sizeof(blk_virt_config_t) == 5728, "layout of blk_virt_config");
_Static_assert(sizeof(blk_client_config_t) == 80, "layout of blk_client_config");

enum blk_request_code {
    BLK_READ = 0,
    BLK_WRITE = 1,
    BLK_FLUSH = 2,
    BLK_BARRIER = 3,
};

/* io_or_offset: in the client's data, or (towards a driver) the address that the device uses. */
typedef struct {
    uint32_t code;
    uint64_t io_or_offset;
    uint64_t block_number;
    uint16_t count;
    uint32_t id;
} blk_req_t;

/* status: 0 when it was done. */
typedef struct {
    uint32_t status;
    uint16_t success_count;
    uint32_t id;
} blk_resp_t;

/* In shared memory. Indices run freely over 32 bits; the slot is the index modulo the capacity. Each batch is signalled. */
typedef struct {
    uint32_t head;
    uint32_t tail;
    uint32_t plugged;
    blk_req_t buffers[];
} blk_req_queue_t;

typedef struct {
    uint32_t head;
    uint32_t tail;
    blk_resp_t buffers[];
} blk_resp_queue_t;

/* ready is stored last. Sizes in units of BLK_TRANSFER_SIZE, but sector_size in bytes. */
typedef struct {
    char serial_number[64];
    uint8_t read_only;
    uint8_t ready;
    uint16_t sector_size;
    uint16_t block_size;
    uint16_t queue_depth;
    uint16_t cylinders, heads, blocks;
    uint64_t capacity;
} blk_storage_info_t;

_Static_assert(sizeof(blk_req_t) == 32 && offsetof(blk_req_queue_t, buffers) == 16, "layout of blk_req_queue");
_Static_assert(sizeof(blk_resp_t) == 12 && offsetof(blk_resp_queue_t, buffers) == 8, "layout of blk_resp_queue");
_Static_assert(sizeof(blk_storage_info_t) == 88 && offsetof(blk_storage_info_t, capacity) == 80, "layout of blk_storage_info");
