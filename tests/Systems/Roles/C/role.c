/* One component, which ROLE_... chooses. It reads its configuration as sDDF's component of that name does, and shakes hands with each neighbour:
   both add one to the first word of the first queue between them, ten to that of the second, and notify; who is notified must find both sums. */

#include <lions/fs.h>
#include <microkit.h>
#include <sddf/block.h>
#include <sddf/i2c.h>
#include <sddf/network.h>
#include <sddf/serial.h>
#include <sddf/timer.h>

#define LINKS 10
#define QUEUES 2

struct link {
    uint8_t channel;
    uint8_t done;
    volatile uint64_t *queues[QUEUES];
};

static const uint64_t shares[QUEUES] = { 1, 10 };
static struct link links[LINKS];
static int count;
static int failed;

static void check(int right, const char *what)
{
    if (!right) {
        failed = 1;
        microkit_dbg_puts(ROLE ": FAILED: ");
        microkit_dbg_puts(what);
        microkit_dbg_puts("\n");
    }
}

/* Mapped from its first byte to its last: what is not faults. */
static void check_region(uintptr_t address, uint64_t bytes, uint64_t least, const char *what)
{
    check(address != 0 && address % 4096 == 0 && bytes >= least, what);
    (void)*(volatile uint8_t *)address;
    (void)*(volatile uint8_t *)(address + bytes - 1);
}

#define REGION(resource, least) check_region((resource).vaddr, (resource).size, least, #resource)
#define DMA(resource, least) do { REGION((resource).region, least); check((resource).io_addr % 4096 == 0 && (resource).io_addr != 0, #resource " at the device"); } while (0)

static void add_link(uint8_t channel, uintptr_t first, uintptr_t second)
{
    struct link *link = &links[count++];
    uintptr_t queues[QUEUES] = { first, second };
    link->channel = channel;
    for (int i = 0; i < QUEUES; i++) {
        if (queues[i] != 0) {
            link->queues[i] = (volatile uint64_t *)queues[i];
            __atomic_add_fetch(link->queues[i], shares[i], __ATOMIC_SEQ_CST);
        }
    }

    microkit_notify(channel);
}

static __attribute__((unused)) void serial_link(const volatile serial_connection_resource_t *end, uint64_t bytes)
{
    REGION(end->queue, 12);
    REGION(end->data, bytes);
    check(end->data.size == bytes, "the capacity of a serial queue");
    add_link(end->id, end->queue.vaddr, 0);
}

static __attribute__((unused)) void net_link(const volatile net_connection_resource_t *end, uint16_t buffers)
{
    check(end->num_buffers == buffers, "the capacity of a network queue");
    REGION(end->free_queue, 8 + 16 * (uint64_t)buffers);
    REGION(end->active_queue, 8 + 16 * (uint64_t)buffers);
    add_link(end->id, end->free_queue.vaddr, end->active_queue.vaddr);
}

static __attribute__((unused)) void blk_link(const volatile blk_connection_resource_t *end, uint16_t buffers)
{
    check(end->num_buffers == buffers, "the capacity of a block queue");
    REGION(end->storage_info, 4096);
    REGION(end->req_queue, 16 + 32 * (uint64_t)buffers);
    REGION(end->resp_queue, 8 + 12 * (uint64_t)buffers);
    add_link(end->id, end->req_queue.vaddr, end->resp_queue.vaddr);
}

static __attribute__((unused)) void i2c_link(const volatile i2c_connection_resource_t *end)
{
    check(end->num_buffers == 128, "the capacity of an I2C queue");
    REGION(end->req_queue, 4096);
    REGION(end->resp_queue, 4096);
    add_link(end->id, end->req_queue.vaddr, end->resp_queue.vaddr);
}

static __attribute__((unused)) void fs_link(const volatile fs_connection_resource_t *end)
{
    check(end->queue_len == 511, "the capacity of a file-system queue");
    REGION(end->command_queue, 64 + 64 * 511);
    REGION(end->completion_queue, 64 + 64 * 511);
    REGION(end->share, 128 * 1024);
    check(end->share.size == 128 * 1024, "what client and server share");
    add_link(end->id, end->command_queue.vaddr, end->completion_queue.vaddr);
}

/* "LionsOS" and the version. */
static __attribute__((unused)) int is_lions(const volatile char *magic, char version)
{
    static const char name[LIONS_FS_MAGIC_LENGTH - 1] = { 'L', 'i', 'o', 'n', 's', 'O', 'S' };
    for (int i = 0; i < LIONS_FS_MAGIC_LENGTH - 1; i++) {
        if (magic[i] != name[i]) {
            return 0;
        }
    }

    return magic[LIONS_FS_MAGIC_LENGTH - 1] == version;
}

static __attribute__((unused)) int is_text(const volatile char *text, const char *right)
{
    int i = 0;
    while (right[i] != 0 && text[i] == right[i]) {
        i++;
    }

    return text[i] == right[i];
}

#if defined(ROLE_SERIAL_DRIVER) || defined(ROLE_NET_DRIVER) || defined(ROLE_BLK_DRIVER) || defined(ROLE_I2C_DRIVER) || defined(ROLE_TIMER_DRIVER)
SDDF_CONFIG(".device_resources", device_resources_t, resources);

static void check_resources(int registers, int memories)
{
    check(sddf_is(resources.magic, SDDF_DEVICE), "magic of device_resources");
    check(resources.num_irqs == 1 && resources.num_regions == registers + memories, "numbers of device_resources");
    if (registers != 0) {
        check(resources.regions[0].region.vaddr != 0, "registers");
        (void)*(volatile uint32_t *)resources.regions[0].region.vaddr;
    }

    for (int i = registers; i < resources.num_regions; i++) {
        DMA(resources.regions[i], 64 * 1024);
    }

    microkit_irq_ack(resources.irqs[0]);
}
#endif

#if defined(ROLE_SERIAL_DRIVER)
SDDF_CONFIG(".serial_driver_config", serial_driver_config_t, config);

static void read_config(void)
{
    check_resources(1, 0);
    check(sddf_is(config.magic, SDDF_SERIAL) && config.default_baud == 115200 && config.rx_enabled == 1, "serial_driver_config");
    serial_link(&config.rx, 16 * 1024);
    serial_link(&config.tx, 32 * 1024);
}
#elif defined(ROLE_SERIAL_VIRT_TX)
SDDF_CONFIG(".serial_virt_tx_config", serial_virt_tx_config_t, config);

static void read_config(void)
{
    check(sddf_is(config.magic, SDDF_SERIAL) && config.num_clients == 2 && config.enable_colour == 1 && config.enable_rx == 1, "serial_virt_tx_config");
    check(config.begin_str[0] == 'b' && config.begin_str[4] == 'n' && config.begin_str[5] == 0, "begin_str");
    check(config.clients[0].name[0] == 'o' && config.clients[1].name[2] == 'o' && config.clients[1].name[3] == 0, "names");
    serial_link(&config.driver, 32 * 1024);
    serial_link(&config.clients[0].conn, 16 * 1024);
    serial_link(&config.clients[1].conn, 16 * 1024);
}
#elif defined(ROLE_SERIAL_VIRT_RX)
SDDF_CONFIG(".serial_virt_rx_config", serial_virt_rx_config_t, config);

static void read_config(void)
{
    check(sddf_is(config.magic, SDDF_SERIAL) && config.num_clients == 2, "serial_virt_rx_config");
    check(config.switch_char == 0x1c && config.terminate_num_char == '\r', "control characters");
    serial_link(&config.driver, 16 * 1024);
    serial_link(&config.clients[0], 16 * 1024);
    serial_link(&config.clients[1], 16 * 1024);
}
#elif defined(ROLE_TIMER_DRIVER)
static void read_config(void)
{
    check_resources(0, 0);
}
#elif defined(ROLE_NET_DRIVER)
SDDF_CONFIG(".net_driver_config", net_driver_config_t, config);

static void read_config(void)
{
    check_resources(1, 1);
    check(sddf_is(config.magic, SDDF_NETWORK), "net_driver_config");
    net_link(&config.virt_rx, 256);
    net_link(&config.virt_tx, 256);
}
#elif defined(ROLE_NET_VIRT_TX)
SDDF_CONFIG(".net_virt_tx_config", net_virt_tx_config_t, config);

static void read_config(void)
{
    check(sddf_is(config.magic, SDDF_NETWORK) && config.num_clients == 3, "net_virt_tx_config");
    net_link(&config.driver, 256);
    for (int i = 0; i < 3; i++) {
        check(config.clients[i].num_regions == 1 && config.clients[i].regions[0].num_buffers == 64, "a client's regions");
        DMA(config.clients[i].regions[0].data, 64 * NET_BUFFER_SIZE);
        net_link(&config.clients[i].conn, 64);
    }
}
#elif defined(ROLE_NET_VIRT_RX)
SDDF_CONFIG(".net_virt_rx_config", net_virt_rx_config_t, config);

static void read_config(void)
{
    check(sddf_is(config.magic, SDDF_NETWORK) && config.num_clients == 3, "net_virt_rx_config");
    DMA(config.data, 256 * NET_BUFFER_SIZE);
    REGION(config.buffer_metadata, 256);
    net_link(&config.driver, 256);
    for (int i = 0; i < 3; i++) {
        check(config.clients[i].num_macs == 1 && config.clients[i].mac_addrs[0][0] == 0x52 && config.clients[i].mac_addrs[0][5] == i + 1, "MAC addresses");
        net_link(&config.clients[i].conn, 256);
    }
}
#elif defined(ROLE_NET_COPY)
SDDF_CONFIG(".net_copy_config", net_copy_config_t, config);

static void read_config(void)
{
    check(sddf_is(config.magic, SDDF_NETWORK) && config.rx_data[1].vaddr == 0, "net_copy_config");
    REGION(config.rx_data[0], 256 * NET_BUFFER_SIZE);
    REGION(config.client_data, 128 * NET_BUFFER_SIZE);
    net_link(&config.rx, 256);
    net_link(&config.client, 128);
}
#elif defined(ROLE_BLK_DRIVER)
SDDF_CONFIG(".blk_driver_config", blk_driver_config_t, config);

static void read_config(void)
{
    check_resources(1, 2);
    check(resources.regions[2].region.size == 2 << 20, "the second region");
    check(sddf_is(config.magic, SDDF_BLOCK), "blk_driver_config");
    blk_link(&config.virt, 256);
}
#elif defined(ROLE_BLK_VIRT)
SDDF_CONFIG(".blk_virt_config", blk_virt_config_t, config);

static void read_config(void)
{
    check(sddf_is(config.magic, SDDF_BLOCK) && config.num_clients == 3, "blk_virt_config");
    DMA(config.driver.data, 10 * BLK_TRANSFER_SIZE);
    blk_link(&config.driver.conn, 256);
    for (int i = 0; i < 3; i++) {
        check(config.clients[i].partition == (i == 2 ? 3u : (uint32_t)i), "partitions");
        DMA(config.clients[i].data, 1 << 20);
        blk_link(&config.clients[i].conn, 32);
    }
}
#elif defined(ROLE_I2C_DRIVER)
SDDF_CONFIG(".i2c_driver_config", i2c_driver_config_t, config);

static void read_config(void)
{
    check_resources(1, 0);
    check(sddf_is(config.magic, SDDF_I2C), "i2c_driver_config");
    i2c_link(&config.virt);
}
#elif defined(ROLE_I2C_VIRT)
SDDF_CONFIG(".i2c_virt_config", i2c_virt_config_t, config);

static void read_config(void)
{
    check(sddf_is(config.magic, SDDF_I2C) && config.num_clients == 2, "i2c_virt_config");
    i2c_link(&config.driver);
    for (int i = 0; i < 2; i++) {
        check(config.clients[i].data_size == 4096 && config.clients[i].driver_data_vaddr != 0 && config.clients[i].client_data_vaddr != 0, "a client's data");
        i2c_link(&config.clients[i].conn);
    }
}
#elif defined(ROLE_FS_SERVER)
SDDF_CONFIG(".fs_server_config", fs_server_config_t, config);
SDDF_CONFIG(".blk_client_config", blk_client_config_t, blk);

static void read_config(void)
{
    check(is_lions(config.magic, 1), "fs_server_config");
    fs_link(&config.client);
    check(sddf_is(blk.magic, SDDF_BLOCK), "blk_client_config");
    blk_link(&blk.virt, 32);
}
#elif defined(ROLE_NFS_SERVER)
SDDF_CONFIG(".fs_server_config", fs_server_config_t, config);
SDDF_CONFIG(".nfs_config", nfs_config_t, nfs);
SDDF_CONFIG(".net_client_config", net_client_config_t, net);
SDDF_CONFIG(".lib_sddf_lwip_config", lib_sddf_lwip_config_t, lwip);
SDDF_CONFIG(".timer_client_config", timer_client_config_t, timer);

static void read_config(void)
{
    check(is_lions(config.magic, 1), "fs_server_config");
    fs_link(&config.client);
    check(is_lions(nfs.magic, 2) && is_text(nfs.server, "10.0.2.2") && is_text(nfs.export_path, "/srv/export"), "nfs_config");
    check(sddf_is(net.magic, SDDF_NETWORK) && sddf_is(lwip.magic, SDDF_LWIP) && sddf_is(timer.magic, SDDF_TIMER), "what an NFS server stands on");
    net_link(&net.rx, 128);
    net_link(&net.tx, 64);
}
#elif defined(ROLE_CLIENT)
SDDF_CONFIG(".serial_client_config", serial_client_config_t, serial);
SDDF_CONFIG(".timer_client_config", timer_client_config_t, timer);
SDDF_CONFIG(".net_client_config", net_client_config_t, net);
SDDF_CONFIG(".lib_sddf_lwip_config", lib_sddf_lwip_config_t, lwip);
SDDF_CONFIG(".blk_client_config", blk_client_config_t, blk);
SDDF_CONFIG(".i2c_client_config", i2c_client_config_t, i2c);
SDDF_CONFIG(".fs_client_config", fs_client_config_t, fs);

/* What is called answers with one more. */
static void call(uint8_t channel, const char *what)
{
    microkit_mr_set(0, 41);
    microkit_ppcall(channel, microkit_msginfo_new(0, 1));
    check(microkit_mr_get(0) == 42, what);
}

static void read_config(void)
{
    check(sddf_is(serial.magic, SDDF_SERIAL), "serial_client_config");
    serial_link(&serial.rx, 16 * 1024);
    serial_link(&serial.tx, 16 * 1024);
    check(sddf_is(timer.magic, SDDF_TIMER), "timer_client_config");
    call(timer.driver_id, "the timer's answer");
    check(sddf_is(net.magic, SDDF_NETWORK) && net.mac_addr[5] == (microkit_name[0] == 'o' ? 1 : 2), "net_client_config");
    REGION(net.rx_data, 128 * NET_BUFFER_SIZE);
    REGION(net.tx_data, 64 * NET_BUFFER_SIZE);
    net_link(&net.rx, 128);
    net_link(&net.tx, 64);
    check(sddf_is(lwip.magic, SDDF_LWIP) && lwip.num_pbufs == 512, "lib_sddf_lwip_config");
    REGION(lwip.pbuf_pool, 512 * 56);
    check(sddf_is(blk.magic, SDDF_BLOCK), "blk_client_config");
    REGION(blk.data, 1 << 20);
    blk_link(&blk.virt, 32);
    check(sddf_is(i2c.magic, SDDF_I2C), "i2c_client_config");
    REGION(i2c.data, 4096);
    i2c_link(&i2c.virt);
    call(i2c.virt.id, "the I2C virtualiser's answer");
    check(is_lions(fs.magic, 1), "fs_client_config");
    fs_link(&fs.server);
}
#else
#error "no such role"
#endif

static void say_when_done(void)
{
    int done = !failed;
    for (int i = 0; i < count; i++) {
        done = done && links[i].done;
    }

    if (done) {
        microkit_dbg_puts(microkit_name);
        microkit_dbg_puts(": " ROLE " is right\n");
    }
}

void init(void)
{
    read_config();
    say_when_done();
}

microkit_msginfo protected(microkit_channel ch, microkit_msginfo msginfo)
{
    (void)ch;
    (void)msginfo;
    microkit_mr_set(0, microkit_mr_get(0) + 1);
    return microkit_msginfo_new(0, 1);
}

void notified(microkit_channel ch)
{
    for (int i = 0; i < count; i++) {
        if (links[i].channel == ch && !links[i].done) {
            links[i].done = 1;
            for (int q = 0; q < QUEUES; q++) {
                check(links[i].queues[q] == 0 || *links[i].queues[q] == 2 * shares[q], "a queue that only one side has");
            }

            say_when_done();
        }
    }
}
