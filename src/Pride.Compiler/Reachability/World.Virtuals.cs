// Virtual methods and type tests in a closed world: which bodies and types there are is collected while the world is
// explored; how a call chooses is decided when it is complete (Emit/Dispatch).

using System.Collections.Generic;
using Pride.Compiler.Emit;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Reachability;

/// <summary>A called virtual method and the bodies it has on constructed types.</summary>
internal sealed class VirtualMethod(MethodDesc declared, Function dispatch)
{
    public MethodDesc Declared { get; } = declared;

    public Function Dispatch { get; } = dispatch;

    public List<(TypeDesc Type, Function Body)> Bodies { get; } = [];
}

internal sealed partial class World
{
    private readonly HashSet<TypeDesc> _constructed = [];
    private readonly List<TypeDesc> _constructedOrder = [];
    private readonly Dictionary<MethodDesc, VirtualMethod> _virtuals = [];
    private readonly List<VirtualMethod> _virtualOrder = [];
    private readonly Dictionary<TypeDesc, Function> _typeTests = [];

    /// <summary>Types of which the program makes instances, in order of discovery.</summary>
    public IReadOnlyList<TypeDesc> ConstructedTypes => _constructedOrder;

    public IReadOnlyList<VirtualMethod> VirtualMethods => _virtualOrder;

    public IReadOnlyDictionary<TypeDesc, Function> TypeTests => _typeTests;

    /// <summary>Notes that instances of <paramref name="type"/> exist; its bodies of called virtual methods become reachable.</summary>
    public void Construct(TypeDesc type, Function? cause)
    {
        if (type.IsNullable)
        {
            type = type.Arguments[0];
        }

        if (!_constructed.Add(type))
        {
            return;
        }

        _constructedOrder.Add(type);
        Data.MethodTable(type, cause);
        if (UsesExceptions && type.IsStruct)
        {
            ConstructFields(type, cause);
        }

        for (int i = 0; i < _virtualOrder.Count; i++)
        {
            AddBody(_virtualOrder[i], type, cause);
        }
    }

    // The default Equals and GetHashCode box the fields of a struct, by its field table.
    private void ConstructFields(TypeDesc type, Function? cause)
    {
        MethodDesc equals = Types.Find(Types.Object, "Equals", 1)!;
        if (VirtualResolution.Resolve(type, equals)?.Owner.IsValueType == true)
        {
            return;
        }

        foreach (FieldDesc field in type.InstanceFields)
        {
            if (field.Type.IsValueType)
            {
                Construct(field.Type, cause);
            }
        }
    }

    public bool IsConstructed(TypeDesc type) => _constructed.Contains(type);

    /// <summary>The function that calls <paramref name="declared"/> on whatever object it gets.</summary>
    public Function RequireDispatch(MethodDesc declared, Function? cause)
    {
        if (_virtuals.TryGetValue(declared, out VirtualMethod? known))
        {
            return known.Dispatch;
        }

        Signature signature = new(Llvm, declared.ReturnType, [Types.Object, .. declared.Parameters]);
        Function dispatch = Get(FunctionKind.Dispatch, declared, $"{declared.FullName}[virtual]", signature, cause, declared);

        // Only a method without a body on any object ends there; whether that is so is known when the world is (FindThrowers).
        dispatch.AddCallee(RequireFailure(FailureReason.NoTarget, dispatch), isGuarded: true);
        VirtualMethod method = new(declared, dispatch);
        _virtuals.Add(declared, method);
        _virtualOrder.Add(method);
        for (int i = 0; i < _constructedOrder.Count; i++)
        {
            AddBody(method, _constructedOrder[i], dispatch);
        }

        return dispatch;
    }

    /// <summary>The function (method table -> i1) that tells whether an object counts as <paramref name="type"/>.</summary>
    public Function RequireTypeTest(TypeDesc type, Function? cause)
    {
        if (!_typeTests.TryGetValue(type, out Function? test))
        {
            Signature signature = new(Llvm, Types.Known("System.Boolean"), [Types.IntPtr]);
            test = Synthesise(FunctionKind.TypeTest, type, $"{type.FullName}[is]", signature, cause, type);
            _typeTests.Add(type, test);
        }

        return test;
    }

    private void AddBody(VirtualMethod method, TypeDesc type, Function? cause)
    {
        TypeDesc owner = method.Declared.Owner;
        bool answers = owner.Kind == TypeKind.Interface
            ? Assignability.ImplementedAs(type, owner) != null
            : type.IsSubclassOf(owner);
        if (!answers || VirtualResolution.Resolve(type, method.Declared) is not { } body)
        {
            return;
        }

        Function function = body.Owner.IsValueType ? RequireUnbox(body, method.Dispatch) : Require(body, method.Dispatch);
        method.Bodies.Add((type, function));
        method.Dispatch.AddCallee(function);
    }
}
