// [InlineAssembly] methods: one LLVM asm statement in place of the call.

using System.Collections.Generic;
using System.Linq;
using System.Text;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Import;

/// <summary>The attribute's contents for the target's architecture.</summary>
internal sealed record InlineAssembly(string Template, string Constraints, bool HasSideEffects);

internal sealed partial class MethodImporter
{
    // Most instructions of x86-64 change the flags, and LLVM takes assembly that does not say so for one that leaves them.
    private const string FlagsOfX64 = "~{dirflag},~{fpsr},~{flags}";

    public StackValue? EmitAssembly(InlineAssembly assembly, MethodDesc method, StackValue[] arguments)
    {
        List<string> list = [];
        TypeDesc[] parameters = method.IsStatic ? method.Parameters : [method.ThisType, .. method.Parameters];
        for (int i = 0; i < arguments.Length; i++)
        {
            string llvm = _world.Llvm.Stack(parameters[i]);
            list.Add($"{llvm} {Coerce(arguments[i], llvm)}");
        }

        string flags = assembly.HasSideEffects ? "sideeffect " : "";
        string[] constraints = [assembly.Constraints, _world.Target.Architecture == TargetArchitecture.X64 ? FlagsOfX64 : ""];
        string text = $"asm {flags}\"{Escape(assembly.Template)}\", \"{Escape(string.Join(',', constraints.Where(c => c.Length > 0)))}\"({string.Join(", ", list)})";
        TypeDesc returned = method.ReturnType;
        if (returned.Kind == TypeKind.Void)
        {
            _out.Do($"call void {text}");
            return null;
        }

        if (!returned.IsStruct)
        {
            string llvm = _world.Llvm.Stack(returned);
            return new StackValue(returned, llvm, _out.Let($"call {llvm} {text}"));
        }

        // n outputs: a literal struct whose elements are the fields.
        string[] fields = returned.InstanceFields.Select(f => _world.Llvm.Storage(f.Type)).ToArray();
        string outputs = fields.Length == 1 ? fields[0] : "{ " + string.Join(", ", fields) + " }";
        string memory = TemporaryFor(returned);
        _out.Do($"store {outputs} {_out.Let($"call {outputs} {text}")}, ptr {memory}");
        return Load(memory, returned);
    }

    private static string Escape(string text)
    {
        StringBuilder escaped = new();
        foreach (char c in text)
        {
            escaped.Append(c is '"' or '\\' or < ' ' ? $"\\{(int)c:X2}" : c.ToString());
        }

        return escaped.ToString();
    }
}
