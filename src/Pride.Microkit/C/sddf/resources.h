/* What configurations of all sDDF classes are made of (Pride.Abi/Sddf/DeviceResources.cs; sDDF 0.7). A configuration lies in an ELF section of
   its own, which the image builder fills. */

#pragma once

#include <stddef.h>
#include <stdint.h>

/* 's' 'D' 'D' 'F' and the class. */
#define SDDF_MAGIC_LENGTH 5

enum sddf_class {
    SDDF_DEVICE = 1,
    SDDF_BLOCK = 2,
    SDDF_SERIAL = 3,
    SDDF_I2C = 4,
    SDDF_NETWORK = 5,
    SDDF_TIMER = 6,
    SDDF_LWIP = 8,
};

/* Clients of one driver or virtualiser, in every class. */
#define SDDF_MAX_CLIENTS 64

/* A configuration in its section. It changes after compilation, so the compiler must not read it before: volatile. */
#define SDDF_CONFIG(section_name, type, name) __attribute__((used, section(section_name))) volatile type name

typedef struct {
    uintptr_t vaddr;
    uint64_t size;
} region_resource_t;

typedef struct {
    region_resource_t region;
    uint64_t io_addr;
} device_region_resource_t;

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    uint8_t num_regions;
    uint8_t num_irqs;
    device_region_resource_t regions[64];
    uint8_t irqs[64];
} device_resources_t;

_Static_assert(sizeof(device_resources_t) == 1608, "layout of device_resources");

static inline int sddf_is(const volatile char magic[SDDF_MAGIC_LENGTH], enum sddf_class which)
{
    return magic[0] == 's' && magic[1] == 'D' && magic[2] == 'D' && magic[3] == 'F' && magic[4] == (char)which;
}

/* The flag by which one side of a queue asks the other for a signal: 0 asks. The waiting side looks at its queue once more after asking; the other
   side changes the queue before it looks at the flag. Each is a store before a load, so each has a full fence. */
static inline void sddf_request_signal(uint32_t *flag)
{
    __atomic_store_n(flag, 0, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void sddf_cancel_signal(uint32_t *flag)
{
    __atomic_store_n(flag, 1, __ATOMIC_RELEASE);
}

static inline int sddf_take_signal(uint32_t *flag)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (__atomic_load_n(flag, __ATOMIC_ACQUIRE) != 0) {
        return 0;
    }

    __atomic_store_n(flag, 1, __ATOMIC_RELEASE);
    return 1;
}
