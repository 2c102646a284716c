// Questions about types that are answered at compile time, and facts about the image.

using Pride.Compiler.Emit;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Intrinsics;

internal sealed partial class IntrinsicTable
{
    private const string RuntimeHelpersType = "System.Runtime.CompilerServices.RuntimeHelpers";

    private void AddTypes()
    {
        Add("System.Type", "GetTypeFromHandle", static c => TypeOf(c));
        Add("System.Type", "op_Equality", static c => CompareTypes(c, true));
        Add("System.Type", "op_Inequality", static c => CompareTypes(c, false));
        Add("System.Type", "get_IsValueType", static c => AskType(c, static t => t.IsValueType));
        Add("System.Type", "get_IsEnum", static c => AskType(c, static t => t.Kind == TypeKind.Enum));
        Add("System.Type", "get_IsPrimitive", static c => AskType(c, static t => t.Kind is > TypeKind.Void and < TypeKind.Enum));
        Add("System.Type", "get_IsByRefLike", static c => AskType(
            c, static t => t.Definition != null && Attributes.Has(t.Definition, "System.Runtime.CompilerServices.IsByRefLikeAttribute")));
        Add("System.Type", "GetTypeCode", static c => TypeCode(c));
        Add("System.Object", "GetType", static c => GetType(c));
        Add(RuntimeHelpersType, "GetMethodTable", static c => Done(
            c, new StackValue(c.Method.ReturnType, "ptr", c.Out.Let($"load ptr, ptr {c.Pointer(0)}")) { IsNotNull = true }));
        Add("System.RuntimeType", "GetOrCreateCacheEntry", static c => CreateCacheEntry(c));
        Add(RuntimeHelpersType, "IsKnownConstant", static c => Is(c, false));
        Add(RuntimeHelpersType, "EnsureSufficientExecutionStack", static c => true);
        Add(RuntimeHelpersType, "TryEnsureSufficientExecutionStack", static c => Is(c, true));
        Add("System.RuntimeTypeHandle", "InternalAllocNoChecks", static c => AllocateByTable(c));
        Add("System.Delegate", "GetInvokeMethod", static c => Done(c, new StackValue(c.Method.ReturnType, c.World.Llvm.Stack(c.Method.ReturnType), c.World.Llvm.Stack(c.Method.ReturnType) == "ptr" ? "null" : "0")));
        Add("System.Activator", "CreateInstance", static c => CreateInstance(c));
        Add("System.SR", "GetResourceString", static c => ResourceText(c));
    }

    private void AddFacts()
    {
        const string facts = "Pride.Runtime.ObjectModel.CompilerFacts";
        Add(facts, "MethodTableOf", static c => Done(
            c, new StackValue(c.Method.ReturnType, "ptr", c.World.Data.MethodTable(c.T, c.Importer.Function)) { IsNotNull = true }));
        Add("System.Diagnostics.Debug", "Assert", static c => Assert(c));
        Add("System.BitConverter", "get_IsLittleEndian", static c => Is(c, true));

        // The guests' host models: never there in an image.
        Add("Pride.Microkit.HostKernel", "get_Current", static c => Done(c, c.Importer.Null()));
        Add("Pride.Machine.Mmio/Access", "get_HostBus", static c => Done(c, c.Importer.Null()));
    }

    private static bool TypeOf(IntrinsicCall call)
    {
        if (call.Arguments[0].Constant is not TypeDesc type)
        {
            return false;
        }

        return Done(call, new StackValue(call.World.Types.Known("System.Type"), "ptr", null) { Constant = type });
    }

    private static bool CompareTypes(IntrinsicCall call, bool equal)
    {
        if (call.Arguments[0].Constant is TypeDesc left && call.Arguments[1].Constant is TypeDesc right)
        {
            return Is(call, (left == right) == equal);
        }

        // Type objects are unique.
        string bit = call.Out.Let($"icmp {(equal ? "eq" : "ne")} ptr {call.Pointer(0)}, {call.Pointer(1)}");
        return Done(call, call.Importer.FromBit(bit));
    }

    private static bool AskType(IntrinsicCall call, System.Func<TypeDesc, bool> question) =>
        call.Arguments[0].Constant is TypeDesc type && Is(call, question(type));

    private static bool TypeCode(IntrinsicCall call)
    {
        if (call.Arguments[0].Constant is not TypeDesc type)
        {
            return false;
        }

        int code = type.Reduced.Kind switch
        {
            TypeKind.Boolean => 3,
            TypeKind.Char => 4,
            TypeKind.SByte => 5,
            TypeKind.Byte => 6,
            TypeKind.Int16 => 7,
            TypeKind.UInt16 => 8,
            TypeKind.Int32 => 9,
            TypeKind.UInt32 => 10,
            TypeKind.Int64 => 11,
            TypeKind.UInt64 => 12,
            TypeKind.Single => 13,
            TypeKind.Double => 14,
            _ => type.HasName("System.Decimal") ? 15 : type.HasName("System.DateTime") ? 16 : type.HasName("System.String") ? 18 : 1,
        };
        return Done(call, call.Importer.Int32(code));
    }

    private static bool GetType(IntrinsicCall call)
    {
        StackValue value = call.Arguments[0];
        TypeDesc typeType = call.World.Types.Known("System.Type");
        if ((value.IsExact || (value.Boxed != null && !value.Type.IsNullable)) && value.Type.Kind != TypeKind.Interface)
        {
            return Done(call, new StackValue(typeType, "ptr", null) { Constant = value.Type });
        }

        call.World.Intrinsics.UsesGetType = true;
        call.World.Construct(call.World.Types.Known("System.RuntimeType"), call.Importer.Function);
        call.Importer.CheckNull(value, 0);
        string table = call.Out.Let($"load ptr, ptr {call.Pointer(0)}");
        string type = call.Out.Let($"load ptr, ptr {call.Importer.Offset(table, 64)}");
        return Done(call, new StackValue(typeType, "ptr", type) { IsNotNull = true });
    }

    // What may be compared with memcmp and searched as integers of the same size.
    private static bool IsBitwiseEquatable(TypeDesc type) => !type.IsStruct && ImageData.IsBitwiseEquatable(type) && !type.IsPointerLike;

    private static bool CreateInstance(IntrinsicCall call)
    {
        if (call.Method.Arguments.Length != 1 || call.Arguments.Length != 0)
        {
            return false;
        }

        TypeDesc type = call.T;
        MethodDesc? constructor = call.World.Types.Find(type, ".ctor", 0);
        if (type.IsValueType && constructor == null)
        {
            return Done(call, call.Importer.Zero(type));
        }

        if (constructor is not { Definition.IsPublic: true })
        {
            call.Importer.Fail(FailureReason.MissingConstructor, null);
            return true;
        }

        if (type.IsValueType)
        {
            return false;
        }

        StackValue made = new(type, "ptr", call.Importer.Allocate(type)) { IsNotNull = true, IsExact = true };
        call.Importer.Invoke(constructor, [made], false);
        return Done(call, made);
    }

    // Only texts whose keys are reachable come into the image.
    private static bool ResourceText(IntrinsicCall call) =>
        call.Arguments[0].Constant is string key && call.World.Resources.Find(call.Method.Definition.Module, key) is { } text
        && Done(call, call.Importer.StringLiteral(text));

    // There is no cache on type objects: the entry (the table of an enum's members) is made by its own static Create(RuntimeType).
    private static bool CreateCacheEntry(IntrinsicCall call)
    {
        call.Result = call.Importer.Invoke(call.World.Types.Find(call.T, "Create", 1)!, call.Arguments, false);
        return true;
    }

    // An object of the same type as another (a new multicast delegate): that type is constructed already.
    private static bool AllocateByTable(IntrinsicCall call)
    {
        if (call.Arguments.Length != 1)
        {
            return false;
        }

        string made = call.World.AllocationCall(call.Importer, "a copy", Reachability.World.ObjectMaker, $"ptr {call.Pointer(0)}");
        return Done(call, new StackValue(call.Method.ReturnType, "ptr", made) { IsNotNull = true });
    }

    private static bool Assert(IntrinsicCall call)
    {
        StackValue condition = call.Arguments[0];
        if (!call.World.Request.KeepAsserts || condition.Integer is not (null or 0) || call.World.IsFramework(call.Importer.Method))
        {
            return true;
        }

        call.Importer.FailIf(call.Out.Let($"icmp eq i32 {call.Coerce(0, "i32")}, 0"), FailureReason.Assertion);
        return true;
    }
}
