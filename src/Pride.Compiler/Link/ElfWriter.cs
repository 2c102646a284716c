// From IR to the finished ELF: compile, link, and for PDs the pristine copy of .data that a restart starts from.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Pride.Compiler.Emit;
using Pride.Compiler.Reachability;
using Pride.Compiler.Reports;

namespace Pride.Compiler.Link;

/// <summary>The last passes.</summary>
internal static class ElfWriter
{
    /// <summary>Where PDs are linked.</summary>
    public const ulong ProtectionDomainBase = 0x200000;

    private const string DataSizeSymbol = "__pride_data_size";

    /// <summary>Compiles and links; returns what the stack of the program needs.</summary>
    public static StackReport Write(CompilationRequest request, Target target, World world, EntryPoint entry, string irPath, string output)
    {
        string work = Path.Combine(Path.GetDirectoryName(output)!, Path.GetFileNameWithoutExtension(output) + ".objects");
        Directory.CreateDirectory(work);
        BackEnd backEnd = new(request, target, work);
        List<string> objects = backEnd.Compile(irPath);
        bool isProtectionDomain = entry.ProtectionDomain != null && request.LinkerScript == null;
        if (!isProtectionDomain)
        {
            backEnd.Link(objects, request.LinkerScript, output);
            return StackDepth.Compute(world, backEnd.Frames());
        }

        // The copy's size is known only after a first link.
        string script = Path.Combine(work, "pd.ld");
        File.WriteAllText(script, Script(world));
        backEnd.Link(objects, script, output, $"--defsym={DataSizeSymbol}=0");
        long size = ElfFile.Read(output).Section(".data")?.Size ?? 0;
        backEnd.Link(objects, script, output, $"--defsym={DataSizeSymbol}={size}");
        CopyData(output, size);
        return StackDepth.Compute(world, backEnd.Frames());
    }

    private static void CopyData(string output, long size)
    {
        byte[] bytes = File.ReadAllBytes(output);
        ElfFile elf = ElfFile.Parse(bytes);
        if (elf.Section(".data") is not { Size: > 0 } data)
        {
            return;
        }

        if (elf.Section(".pride.pristine") is not { } pristine || pristine.Size < data.Size || data.Size != size)
        {
            throw new CompilationException(CompilationError.BackEnd, $"the pristine copy of .data does not fit: {data.Size} bytes, reserved {size}");
        }

        Array.Copy(bytes, data.FileOffset, bytes, pristine.FileOffset, data.Size);
        File.WriteAllBytes(output, bytes);
    }

    // Three kinds of pages: R-X text, R-- constants and what is patched, RW data. LLVM names small data on RISC-V apart (.sdata, ...).
    private static string Script(World world)
    {
        StringBuilder sections = new();
        foreach (string section in world.Data.Patched.Select(p => p.Section).Where(s => s != ImageData.PatchedSection).Distinct())
        {
            sections.Append(CultureInfo.InvariantCulture, $"  {section} : ALIGN(16) {{ KEEP(*({section})) }} :patched\n");
        }

        return $$"""
            ENTRY(_start)
            PHDRS
            {
              text PT_LOAD FLAGS(5);
              rodata PT_LOAD FLAGS(4);
              patched PT_LOAD FLAGS(4);
              data PT_LOAD FLAGS(6);
              note PT_NOTE FLAGS(4);
            }
            SECTIONS
            {
              . = 0x{{ProtectionDomainBase:x}};
              .text : { *(.text.entry) *(.text .text.*) } :text
              . = ALIGN(4096);
              .note.gnu.build-id : { *(.note.gnu.build-id) } :rodata :note
              .rodata : ALIGN(16) { *(.rodata .rodata.* .srodata .srodata.*) } :rodata
              .pride.pristine : ALIGN(16) { __pride_data_pristine = .; . += {{DataSizeSymbol}}; BYTE(0) } :rodata
              . = ALIGN(4096);
              .pride.patched : { KEEP(*(.pride.patched)) BYTE(0) } :patched
            {{sections}}  . = ALIGN(4096);
              .data : { __pride_data_start = .; *(.data .data.* .sdata .sdata.*) . = ALIGN(8); __pride_data_end = .; } :data
              .bss : ALIGN(16) { __pride_bss_start = .; *(.bss .bss.* .sbss .sbss.*) *(COMMON) . = ALIGN(8); __pride_bss_end = .; } :data
              /DISCARD/ : { *(.comment) *(.note.GNU-stack) *(.eh_frame*) *(.ARM.attributes) *(.riscv.attributes) }
            }

            """;
    }
}
