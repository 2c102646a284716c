/* The I2C class (Pride.Abi/Sddf/I2cConfigs.cs): configurations. */

#pragma once

#include <sddf/resources.h>

typedef struct {
    region_resource_t req_queue;
    region_resource_t resp_queue;
    uint16_t num_buffers;
    uint8_t id;
} i2c_connection_resource_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    i2c_connection_resource_t virt;
} i2c_driver_config_t;

typedef struct {
    i2c_connection_resource_t conn;
    uint64_t data_size;
    uintptr_t driver_data_vaddr;
    uintptr_t client_data_vaddr;
} i2c_virt_client_config_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    uint64_t num_clients;
    i2c_connection_resource_t driver;
    i2c_virt_client_config_t clients[SDDF_MAX_CLIENTS];
} i2c_virt_config_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    i2c_connection_resource_t virt;
    region_resource_t data;
} i2c_client_config_t;

_Static_assert(sizeof(i2c_driver_config_t) == 48, "layout of i2c_driver_config");
_Static_assert(sizeof(i2c_virt_config_t) == 4152, "layout of i2c_virt_config");
_Static_assert(sizeof(i2c_client_config_t) == 64, "layout of i2c_client_config");
