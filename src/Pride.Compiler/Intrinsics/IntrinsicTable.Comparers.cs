// Default comparers and sort helpers, which CoreLib chooses by reflection at run time, are chosen here.
//
// The rules are those of CoreLib's ComparerHelpers and ArraySortHelper: string, then IEquatable<T> or IComparable<T>,
// Nullable<U>, enums, everything else through object.

using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Intrinsics;

internal sealed partial class IntrinsicTable
{
    private const string GenericNamespace = "System.Collections.Generic.";

    private void AddComparers()
    {
        const string helpers = GenericNamespace + "ComparerHelpers";
        Add(helpers, "CreateDefaultEqualityComparer", static c => MakeDefault(c, "System.IEquatable`1", "EqualityComparer`1", "StringEqualityComparer"));
        Add(helpers, "CreateDefaultComparer", static c => MakeDefault(c, "System.IComparable`1", "Comparer`1", null));
        Add(GenericNamespace + "ArraySortHelper`1", "CreateArraySortHelper", static c => MakeSortHelper(c));
        Add(GenericNamespace + "ArraySortHelper`2", "CreateArraySortHelper", static c => MakeSortHelper(c));
    }

    private static bool MakeDefault(IntrinsicCall call, string genericInterface, string suffix, string? forString)
    {
        if (call.Arguments[0].Constant is not TypeDesc type)
        {
            return false;
        }

        if (forString != null && type == call.World.Types.String)
        {
            return Make(call, Generic(call, forString, []));
        }

        bool isGeneric = Implements(call, type, genericInterface);
        (string prefix, TypeDesc argument) = isGeneric ? ("Generic", type)
            : type.IsNullable ? ("Nullable", type.Arguments[0])
            : type.Kind == TypeKind.Enum ? ("Enum", type)
            : ("Object", type);
        return Make(call, Generic(call, prefix + suffix, [argument]));
    }

    private static bool MakeSortHelper(IntrinsicCall call)
    {
        TypeDesc[] arguments = call.Method.Owner.Arguments;
        string prefix = Implements(call, arguments[0], "System.IComparable`1") ? "Generic" : "";
        return Make(call, Generic(call, $"{prefix}ArraySortHelper`{arguments.Length}", arguments));
    }

    private static TypeDesc Generic(IntrinsicCall call, string name, TypeDesc[] arguments)
    {
        TypeDefinition definition = call.World.Types.Assemblies.CoreLib.MainModule.GetType(GenericNamespace + name);
        return call.World.Types.Instance(definition, arguments);
    }

    private static bool Implements(IntrinsicCall call, TypeDesc type, string genericInterface)
    {
        TypeDefinition definition = call.World.Types.Assemblies.CoreLib.MainModule.GetType(genericInterface);
        return Assignability.IsAssignable(type, call.World.Types.Instance(definition, [type]));
    }

    private static bool Make(IntrinsicCall call, TypeDesc type)
    {
        StackValue made = new(type, "ptr", call.Importer.Allocate(type)) { IsNotNull = true, IsExact = true };
        call.Importer.Invoke(call.World.Types.Find(type, ".ctor", 0)!, [made], false);
        return Done(call, made);
    }
}
