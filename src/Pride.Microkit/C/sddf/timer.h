/* The timer class (Pride.Abi/Sddf/TimerProtocol.cs): a client's configuration, two calls of the driver, and its notification when the time has come. */

#pragma once

#include <microkit.h>
#include <sddf/resources.h>

typedef struct {
    char magic[SDDF_MAGIC_LENGTH];
    uint8_t driver_id;
} timer_client_config_t;

_Static_assert(sizeof(timer_client_config_t) == 6, "layout of timer_client_config");

enum timer_call {
    TIMER_GET_TIME = 0,
    TIMER_SET_TIMEOUT = 1,
};

/* Nanoseconds since the driver's start. */
static inline uint64_t timer_now(microkit_channel driver)
{
    microkit_ppcall(driver, microkit_msginfo_new(TIMER_GET_TIME, 0));
    return microkit_mr_get(0);
}

/* The driver notifies in so many nanoseconds. A client has one timeout: a new one replaces it. */
static inline void timer_set_timeout(microkit_channel driver, uint64_t nanoseconds)
{
    microkit_mr_set(0, nanoseconds);
    microkit_ppcall(driver, microkit_msginfo_new(TIMER_SET_TIMEOUT, 1));
}
