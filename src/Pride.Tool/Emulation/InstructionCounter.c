// Counts the instructions that each virtual CPU executes: a plugin that QEMU loads, hence C. InstructionCounter.cs compiles it and reads the counts.
//
// The counts lie in a page that the tool shares by a file (argument counts=FILE), one in each cache line, since virtual CPUs run at the same time. A halted
// CPU executes nothing, so idle time is not in them. The declarations are QEMU's interface for plugins, version 1 (QEMU 4.2 to 8.2); no header is needed, nor
// the C library's.

typedef unsigned long long u64;
typedef unsigned long size;

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;

extern void qemu_plugin_register_vcpu_tb_trans_cb(u64 id, void (*translated)(u64 id, struct qemu_plugin_tb *block));
extern size qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size index);
extern void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction, void (*executed)(unsigned cpu, void *data), int registers, void *data);

extern int open(const char *path, int flags, ...);
extern void *mmap(void *address, size length, int protection, int flags, int file, long offset);

enum {
    PLUGIN_VERSION = 1,
    NO_REGISTERS = 0,
    READ_WRITE = 2,
    PROTECTION_READ_WRITE = 3,
    SHARED = 1,
    PAGE = 4096,
    LINE = 64,
};

__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_VERSION;

static volatile u64 *counts;

static void executed(unsigned cpu, void *data)
{
    (void)data;
    if (cpu < PAGE / LINE) {
        counts[cpu * (LINE / sizeof(u64))]++;
    }
}

static void translated(u64 id, struct qemu_plugin_tb *block)
{
    (void)id;
    size length = qemu_plugin_tb_n_insns(block);
    for (size i = 0; i < length; i++) {
        qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_tb_get_insn(block, i), executed, NO_REGISTERS, 0);
    }
}

__attribute__((visibility("default"))) int qemu_plugin_install(u64 id, const struct qemu_info_t *info, int count, char **arguments)
{
    static const char name[] = "counts=";
    (void)info;
    if (count != 1) {
        return 1;
    }

    for (size i = 0; i < sizeof(name) - 1; i++) {
        if (arguments[0][i] != name[i]) {
            return 1;
        }
    }

    int file = open(arguments[0] + sizeof(name) - 1, READ_WRITE);
    void *page = file < 0 ? (void *)-1 : mmap(0, PAGE, PROTECTION_READ_WRITE, SHARED, file, 0);
    if (page == (void *)-1) {
        return 1;
    }

    counts = page;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
