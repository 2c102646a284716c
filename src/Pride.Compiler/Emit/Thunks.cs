// The small functions between a virtual call or delegate and its target.

using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Emit;

/// <summary>Writers of forwarding functions.</summary>
internal static class Thunks
{
    /// <summary>An unboxing or argument-dropping function in front of a method.</summary>
    public static void Write(World world, Function function)
    {
        FunctionBuilder builder = new();
        function.Body = builder;
        builder.Begin(function.FirstLabel);
        MethodDesc method = function.Method!;
        if (function.Kind == FunctionKind.DelegateInvoke)
        {
            WriteDelegateInvoke(world, function, builder);
            return;
        }

        Function target = world.Require(method, function);
        function.AddCallee(target);
        List<string> arguments = [];
        if (function.Kind == FunctionKind.Unbox)
        {
            arguments.Add("ptr " + builder.Let($"getelementptr inbounds i8, ptr %a0, i64 {Target.PointerSize}"));
        }

        Forward(function, arguments, 1);
        Call(world, builder, function.Signature, world.Symbol(target), arguments);
    }

    private static void WriteDelegateInvoke(World world, Function function, FunctionBuilder builder)
    {
        IReadOnlyList<FieldDesc> fields = world.Types.Known("System.Delegate").InstanceFields;
        int target = fields.First(f => f.Name == "_target").Offset;
        int code = fields.First(f => f.Name == "_methodPtr").Offset;
        string receiver = builder.Let($"load ptr, ptr {builder.Let($"getelementptr inbounds i8, ptr %a0, i64 {target}")}");
        string pointer = builder.Let($"load ptr, ptr {builder.Let($"getelementptr inbounds i8, ptr %a0, i64 {code}")}");
        List<string> arguments = [$"ptr {receiver}"];
        Forward(function, arguments, 1);
        function.AddCallee(world.IndirectCallee(function.Signature));
        function.IndirectCalls.Add(function.Signature.Shape);
        Call(world, builder, function.Signature, pointer, arguments);
    }

    /// <summary>Adds parameters from <paramref name="first"/> on to an argument list.</summary>
    public static void Forward(Function function, List<string> arguments, int first)
    {
        for (int i = first; i < function.Signature.Parameters.Count; i++)
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"{function.Signature.Parameters[i].Llvm} %a{i}"));
        }
    }

    /// <summary>A call whose result is returned.</summary>
    public static void Call(World world, FunctionBuilder builder, Signature signature, string target, List<string> arguments)
    {
        if (signature.ReturnsInMemory)
        {
            arguments.Insert(0, "ptr %result");
        }

        string call = $"call {signature.ReturnLlvm} {target}({string.Join(", ", arguments)})";
        if (signature.ReturnLlvm == "void")
        {
            builder.Do(call);
            builder.Terminate("ret void");
        }
        else
        {
            builder.Terminate($"ret {signature.ReturnLlvm} {builder.Let(call)}");
        }
    }
}
