# What gdb must know of Pride: how strings, arrays, spans and lists look, and which protection domain is running.
#
# Loaded by `pride gdb`; with another debugger session: source pride_gdb.py, then pride-domain NAME.
#
# All PDs are linked at the same addresses, each in an address space of its own, and a breakpoint of QEMU's matches the virtual
# address alone. So every breakpoint below the kernel's half gets a condition: the name that the image builder wrote into the
# running PD (microkit_name) is the one that is debugged.

import gdb
import gdb.printing

ELEMENTS_SHOWN = 32
CHARACTERS_SHOWN = 200
KERNEL_HALF = 1 << 63
NAME_BYTES = 64

domain = None


def running_domain():
    """The name of the PD whose address space is active; None when it cannot be read (the kernel, or a PD of another layout)."""
    try:
        address = int(gdb.parse_and_eval("(long)&microkit_name"))
        name = gdb.selected_inferior().read_memory(address, NAME_BYTES).tobytes()
        return name.split(b"\0")[0].decode("utf-8", "replace")
    except (gdb.error, gdb.MemoryError):
        return None


def step_alone():
    """Steps over the breakpoint of another PD by QEMU's own single step, which lets no interrupt in.

    On RISC-V gdb would put a breakpoint at the next instruction instead and let the machine run: a turn that ends just then carries the
    PD that is debugged past its breakpoint, which is taken out meanwhile. gdb finds the program counter moved, and goes on.
    """
    process, thread, _ = gdb.selected_thread().ptid
    gdb.execute(f"maint packet vCont;s:p{process:x}.{thread:x}", to_string=True)
    gdb.execute("maint flush register-cache", to_string=True)


class InDomain(gdb.Function):
    """$_in_domain(): the PD that is being debugged is the one that runs."""

    def __init__(self):
        super().__init__("_in_domain")

    def invoke(self):
        if domain is None or running_domain() == domain:
            return True
        if gdb.selected_inferior().architecture().name().startswith("riscv"):
            step_alone()
        return False


class DomainCommand(gdb.Command):
    """pride-domain NAME: breakpoints stop in this PD alone."""

    def __init__(self):
        super().__init__("pride-domain", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, argument, from_tty):
        global domain
        domain = argument.strip() or None


def on_breakpoint(breakpoint):
    if domain is None or breakpoint.type not in (gdb.BP_BREAKPOINT, gdb.BP_HARDWARE_BREAKPOINT) or breakpoint.condition:
        return
    try:
        places = gdb.decode_line(breakpoint.location)[1] or ()
    except gdb.error:
        places = ()
    if all(place.pc < KERNEL_HALF for place in places):
        breakpoint.condition = "$_in_domain()"


def text_at(address, length):
    data = gdb.selected_inferior().read_memory(address, 2 * min(length, CHARACTERS_SHOWN)).tobytes()
    return data.decode("utf-16-le", "replace")


class StringPrinter:
    """System.String: its UTF-16 units."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        if int(self.value) == 0:
            return "null"
        fields = self.value.dereference()
        length = int(fields["_stringLength"])
        text = text_at(int(fields["_firstChar"].address), length)
        quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r") + '"'
        return quoted + ("..." if length > CHARACTERS_SHOWN else "")


class ElementsPrinter:
    """A type name with its length, and the first elements."""

    def __init__(self, name, first, length):
        self.name = name
        self.first = first
        self.length = length

    def to_string(self):
        return "%s (%d)" % (self.name, self.length)

    def children(self):
        for i in range(min(self.length, ELEMENTS_SHOWN)):
            yield "[%d]" % i, (self.first + i).dereference()
        if self.length > ELEMENTS_SHOWN:
            yield "...", "%d more" % (self.length - ELEMENTS_SHOWN)

    def display_hint(self):
        return "array" if self.length <= ELEMENTS_SHOWN else None


class NullPrinter:
    def to_string(self):
        return "null"


def elements_of_array(pointer, length=None):
    fields = pointer.dereference()
    elements = fields["Elements"]
    first = elements.address.cast(elements.type.target().pointer())
    return first, int(fields["Length"]) if length is None else length


def reference_printer(value):
    target = value.type.strip_typedefs().target().strip_typedefs()
    if target.code != gdb.TYPE_CODE_STRUCT or target.name is None:
        return None
    if target.name == "System.String":
        return StringPrinter(value)
    is_array = target.name.endswith("[]")
    is_list = target.name.startswith("System.Collections.Generic.List<") and any(f.name == "_items" for f in target.fields())
    if not (is_array or is_list):
        return None
    if int(value) == 0:
        return NullPrinter()
    if is_array:
        first, length = elements_of_array(value)
        return ElementsPrinter(target.name[:-2] + "[]", first, length)
    first, length = elements_of_array(value["_items"], int(value["_size"]))
    return ElementsPrinter(target.name, first, length)


def struct_printer(value):
    name = value.type.strip_typedefs().name or ""
    if name.startswith("System.Span<") or name.startswith("System.ReadOnlySpan<"):
        return ElementsPrinter(name, value["_reference"], int(value["_length"]))
    if name.startswith("System.Nullable<"):
        return None if bool(value["hasValue"]) else NullPrinter()
    return None


def find_printer(value):
    code = value.type.strip_typedefs().code
    if code == gdb.TYPE_CODE_PTR:
        return reference_printer(value)
    if code == gdb.TYPE_CODE_STRUCT:
        return struct_printer(value)
    return None


find_printer.name = "pride"
find_printer.enabled = True
gdb.printing.register_pretty_printer(None, find_printer, replace=True)
InDomain()
DomainCommand()
gdb.events.breakpoint_created.connect(on_breakpoint)
