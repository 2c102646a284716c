// Multicast delegates: one function for each delegate type calls every entry of the invocation list.

using System.Collections.Generic;
using System.Linq;
using Pride.Compiler.Emit;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Reachability;

internal sealed partial class World
{
    private Dispatcher? _dispatcher;
    private bool? _makesMulticasts;

    /// <summary>Slots of virtual methods; valid when the world is complete.</summary>
    public Dispatcher Dispatcher => _dispatcher ??= new Dispatcher(this);

    /// <summary>The PD object, a root of the collector.</summary>
    public List<Blob> ProtectionDomainObjects { get; } = [];

    /// <summary>The program combines delegates; valid when the world is complete.</summary>
    public bool MakesMulticasts => _makesMulticasts ??= Functions.Any(f => f.Method is { Name: "GetMulticastInvoke" });

    /// <summary>The code that a multicast delegate of this type has as its method: it gets the delegate itself as target.</summary>
    public string Multicast(TypeDesc type)
    {
        MethodDesc invoke = Types.Method(type, type.Definition!.Methods.First(m => m.Name == "Invoke"));
        Signature signature = new(Llvm, invoke.ReturnType, [Types.Object, .. invoke.Parameters]);
        Function function = Synthesise(FunctionKind.Multicast, type, $"{type.FullName}[multicast]", signature, null, type);
        if (function.Body == null)
        {
            function.Body = new FunctionBuilder();
            function.AddCallee(IndirectCallee(signature));
            function.IndirectCalls.Add(signature.Shape);
            TakeAddress(function);
            WriteMulticast(function);
        }

        return Symbol(function);
    }

    private void WriteMulticast(Function function)
    {
        FunctionBuilder b = function.Body!;
        IReadOnlyList<FieldDesc> fields = Types.Known("System.Delegate").InstanceFields;
        IReadOnlyList<FieldDesc> multicastFields = Types.Known("System.MulticastDelegate").InstanceFields;
        int target = fields.First(f => f.Name == "_target").Offset;
        int code = fields.First(f => f.Name == "_methodPtr").Offset;
        int list = multicastFields.First(f => f.Name == "_invocationList").Offset;
        int count = multicastFields.First(f => f.Name == "_invocationCount").Offset;
        string index = b.Alloca("i64", 8);
        b.Begin(function.FirstLabel);
        string entries = b.Let($"load ptr, ptr {b.Let($"getelementptr i8, ptr %a0, i64 {list}")}");
        string length = b.Let($"load i64, ptr {b.Let($"getelementptr i8, ptr %a0, i64 {count}")}");
        b.Do($"store i64 0, ptr {index}");
        b.Begin("next");
        string i = b.Let($"load i64, ptr {index}");
        string entry = b.Let($"load ptr, ptr {b.Let($"getelementptr i8, ptr {entries}, i64 {b.Let($"add i64 16, {b.Let($"mul i64 {i}, 8")}")}")}");
        List<string> arguments = [$"ptr {b.Let($"load ptr, ptr {b.Let($"getelementptr i8, ptr {entry}, i64 {target}")}")}"];
        Thunks.Forward(function, arguments, 1);
        string pointer = b.Let($"load ptr, ptr {b.Let($"getelementptr i8, ptr {entry}, i64 {code}")}");
        if (function.Signature.ReturnsInMemory)
        {
            arguments.Insert(0, "ptr %result");
        }

        string call = $"call {function.Signature.ReturnLlvm} {pointer}({string.Join(", ", arguments)})";
        bool isVoid = function.Signature.ReturnLlvm == "void";
        string result = isVoid ? "" : b.Let(call);
        if (isVoid)
        {
            b.Do(call);
        }

        string following = b.Let($"add i64 {i}, 1");
        b.Do($"store i64 {following}, ptr {index}");
        string more = b.Let($"icmp slt i64 {following}, {length}");
        if (UsesExceptions)
        {
            string none = b.Let($"icmp eq ptr {b.Let("load ptr, ptr @pride_pending")}, null");
            more = b.Let($"and i1 {more}, {none}");
        }

        b.Branch(more, "next", "end");
        b.Begin("end");
        b.Terminate(isVoid ? "ret void" : $"ret {function.Signature.ReturnLlvm} {result}");
    }
}
