/* LionsOS's file systems (Pride.Abi/Fs/FsConfigs.cs): configurations of servers, clients and the NFS server. */

#pragma once

#include <sddf/resources.h>

/* "LionsOS" and 1; the NFS server's own configuration has 2. */
#define LIONS_FS_MAGIC_LENGTH 8

typedef struct {
    region_resource_t command_queue;
    region_resource_t completion_queue;
    region_resource_t share;
    uint16_t queue_len;
    uint8_t id;
} fs_connection_resource_t;

typedef struct {
    char magic[LIONS_FS_MAGIC_LENGTH];
    fs_connection_resource_t client;
} fs_server_config_t;

typedef struct {
    char magic[LIONS_FS_MAGIC_LENGTH];
    fs_connection_resource_t server;
} fs_client_config_t;

typedef struct {
    char magic[LIONS_FS_MAGIC_LENGTH];
    char server[4096];
    char export_path[4096];
} nfs_config_t;

_Static_assert(sizeof(fs_server_config_t) == 64 && sizeof(fs_client_config_t) == 64, "layout of fs_server_config and fs_client_config");
_Static_assert(sizeof(nfs_config_t) == 8200, "layout of nfs_config");
