// Runs a static constructor at compile time, where nothing in it depends on the running image.
//
// What it computes becomes the initial value of the type's static fields; the objects it makes become static data. It
// ends without a trace, and the constructor runs lazily, as soon as it does anything else: writes another type's
// fields, reads what may have changed by the time CoreCLR would run it, throws, or takes too long.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Pride.Compiler.Emit;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.StaticConstructors;

/// <summary>One attempt for one static constructor.</summary>
internal sealed class Interpreter(World world, TypeDesc owner, Function cause)
{
    /// <summary>IL instructions; a table of a few thousand computed entries fits.</summary>
    private const int MaximumSteps = 2_000_000;

    /// <summary>Bytes of objects that the constructor may make.</summary>
    private const int MaximumBytes = 1 << 20;

    /// <summary>Nested calls.</summary>
    private const int MaximumDepth = 100;

    private readonly Dictionary<Blob, TypeDesc> _objects = [];
    private readonly HashSet<Blob> _variables = [];
    private readonly Dictionary<FieldDesc, Blob> _fields = [];
    private readonly List<Blob> _roots = [];
    private readonly Dictionary<string, Blob> _readOnly = [];
    private int _steps;
    private int _depth;
    private int _bytes;

    public World World { get; } = world;

    /// <summary>The type whose constructor runs.</summary>
    public TypeDesc Owner { get; } = owner;

    public TypeSystem Types => World.Types;

    public Function Cause { get; } = cause;

    /// <summary>After success: the values of the static fields that are not zero.</summary>
    public IReadOnlyDictionary<FieldDesc, Blob> Fields => _fields;

    /// <summary>After success: objects that can hold references, from which the collector must mark.</summary>
    public IReadOnlyList<Blob> Roots => _roots;

    /// <summary>Runs <paramref name="constructor"/>; false with the reason when it cannot run at compile time.</summary>
    public bool TryRun(MethodDesc constructor, out string reason)
    {
        try
        {
            Run(constructor, []);
            Commit();
            reason = "";
            return true;
        }
        catch (NotPureException e)
        {
            reason = e.Message;
            return false;
        }
    }

    public InterpretedValue? Run(MethodDesc method, InterpretedValue[] arguments)
    {
        if (!method.Definition.HasBody || method.Definition.RVA == 0)
        {
            throw new NotPureException($"calls {method.Display}, which has no IL");
        }

        if (World.InlineAssemblyOf(method, Cause) != null)
        {
            throw new NotPureException($"calls {method.Display}, which is inline assembly");
        }

        if (++_depth > MaximumDepth)
        {
            throw new NotPureException($"nests more than {MaximumDepth} calls");
        }

        InterpretedValue? result = new Frame(this, method, arguments).Run();
        _depth--;
        return result;
    }

    public void Step()
    {
        if (++_steps > MaximumSteps)
        {
            throw new NotPureException(string.Create(CultureInfo.InvariantCulture, $"takes more than {MaximumSteps} instructions"));
        }
    }

    /// <summary>Memory of a variable of a frame.</summary>
    public Blob NewVariable(int size, int alignment)
    {
        Charge(size);
        Blob blob = new(size, alignment);
        _variables.Add(blob);
        return blob;
    }

    /// <summary>A zeroed object or box.</summary>
    public InterpretedValue NewObject(TypeDesc type)
    {
        if (type.Definition?.Methods.Any(m => m is { Name: "Finalize", IsVirtual: true }) == true)
        {
            throw new NotPureException($"makes a {type.FullName}, which has a finalizer");
        }

        int size = type.IsValueType ? TypeLayout.AlignUp(Target.PointerSize + type.VariableSize, 8) : type.Layout.Size;
        return NewObject(type, size);
    }

    public InterpretedValue NewArray(TypeDesc type, long length)
    {
        if (length is < 0 or > MaximumBytes)
        {
            throw new NotPureException($"makes an array of {length} elements");
        }

        long size = type.Layout.Size + (length * type.Element!.VariableSize);
        Charge(size);
        InterpretedValue array = NewObject(type, TypeLayout.AlignUp((int)size, 8));
        array.Pointer.Target!.Write32(Target.PointerSize, (uint)length);
        return array;
    }

    /// <summary>The exact type of an object.</summary>
    public TypeDesc TypeOf(InterpretedValue value)
    {
        if (value.Kind == ValueKind.Pointer && value.Pointer.Offset == 0)
        {
            if (value.Pointer.Target is { } blob && (_objects.TryGetValue(blob, out TypeDesc? type) || World.Statics.TryGetObjectType(blob, out type)))
            {
                return type;
            }

            if (value.Pointer.Symbol is { } symbol && _readOnly.ContainsKey(symbol))
            {
                return Types.String;
            }
        }

        throw new NotPureException("asks for the type of something that is not known");
    }

    public InterpretedValue StringLiteral(string text)
    {
        string symbol = World.Data.StringLiteral(text, Cause);
        if (!_readOnly.ContainsKey(symbol))
        {
            Blob view = new(12 + (2 * (text.Length + 1)), 8);
            view.Write32(8, (uint)text.Length);
            System.Text.Encoding.Unicode.GetBytes(text, view.Bytes.AsSpan(12));
            _readOnly.Add(symbol, view);
        }

        return InterpretedValue.To(DataPointer.To(symbol));
    }

    public InterpretedValue RvaData(FieldDesc field)
    {
        string symbol = World.Data.RvaData(field);
        if (!_readOnly.ContainsKey(symbol))
        {
            byte[] bytes = field.Definition.InitialValue;
            Blob view = new(bytes.Length, 8);
            bytes.CopyTo(view.Bytes, 0);
            _readOnly.Add(symbol, view);
        }

        return InterpretedValue.To(DataPointer.To(symbol));
    }

    /// <summary>Memory behind an address, for reading.</summary>
    public (Blob Blob, int Offset) Readable(InterpretedValue address, bool isInitOnly = false)
    {
        DataPointer pointer = AddressOf(address);
        if (pointer.Symbol is { } symbol)
        {
            return _readOnly.TryGetValue(symbol, out Blob? view)
                ? (view, pointer.Offset)
                : throw new NotPureException($"reads {symbol}, which is known only at run time");
        }

        Blob blob = pointer.Target!;
        if (!IsOwn(blob) && !isInitOnly)
        {
            throw new NotPureException("reads an object of another type's constructor, which may have changed by then");
        }

        return (blob, pointer.Offset);
    }

    /// <summary>Memory behind an address, for writing.</summary>
    public (Blob Blob, int Offset) Writable(InterpretedValue address)
    {
        DataPointer pointer = AddressOf(address);
        return pointer.Target is { } blob && IsOwn(blob)
            ? (blob, pointer.Offset)
            : throw new NotPureException("writes memory that is not its own");
    }

    /// <summary>The memory of a static field: its own, or the value that another constructor gave a read-only one.</summary>
    public Blob StaticField(FieldDesc field)
    {
        if (field.Owner == Owner)
        {
            return OwnField(field);
        }

        if (!field.Definition.IsInitOnly || Attributes.Has(field.Definition, ImageData.PatchedAttribute))
        {
            throw new NotPureException($"uses {field}, which may have changed by then");
        }

        RunConstructorOf(field.Owner, isMethod: false);
        return World.Statics.InitialValue(field) ?? new Blob(field.Type.VariableSize, field.Type.VariableAlignment);
    }

    /// <summary>Another type's constructor must have run, at compile time too.</summary>
    public void RunConstructorOf(TypeDesc type, bool isMethod)
    {
        if (type == Owner)
        {
            return;
        }

        if (World.Statics.IsRunning(type))
        {
            throw new NotPureException($"depends on {type.FullName}, which depends on it");
        }

        if (World.Statics.TriggerFor(type, isMethod, Cause) != null)
        {
            throw new NotPureException($"needs the static constructor of {type.FullName}, which cannot run at compile time");
        }
    }

    private static DataPointer AddressOf(InterpretedValue address) => address.Kind switch
    {
        ValueKind.Pointer => address.Pointer,
        _ when address.IsNull => throw new NotPureException("dereferences null"),
        _ => throw new NotPureException("uses a number or type as an address"),
    };

    private InterpretedValue NewObject(TypeDesc type, int size)
    {
        Charge(size);
        Blob blob = new(size, 8);
        _objects.Add(blob, type);
        return InterpretedValue.To(blob);
    }

    private void Charge(long bytes)
    {
        if ((_bytes += (int)Math.Min(bytes, MaximumBytes)) > MaximumBytes)
        {
            throw new NotPureException($"makes more than {MaximumBytes} bytes of objects");
        }
    }

    private bool IsOwn(Blob blob) => _variables.Contains(blob) || _objects.ContainsKey(blob);

    private Blob OwnField(FieldDesc field)
    {
        if (Attributes.Has(field.Definition, ImageData.PatchedAttribute))
        {
            throw new NotPureException($"uses {field}, which is patched after linking");
        }

        if (!_fields.TryGetValue(field, out Blob? blob))
        {
            blob = NewVariable(field.Type.VariableSize, field.Type.VariableAlignment);
            _fields.Add(field, blob);
        }

        return blob;
    }

    // Everything that the fields reach becomes data of the image; the rest was garbage.
    private void Commit()
    {
        HashSet<Blob> seen = [];
        Queue<Blob> queue = new(_fields.Values);
        while (queue.TryDequeue(out Blob? blob))
        {
            foreach (DataPointer pointer in blob.Pointers.Values)
            {
                if (pointer.Target is { } target && seen.Add(target))
                {
                    if (_variables.Contains(target))
                    {
                        throw new NotPureException("keeps the address of a variable");
                    }

                    queue.Enqueue(target);
                }
            }
        }

        foreach (Blob blob in seen.Where(_objects.ContainsKey))
        {
            CommitObject(blob, _objects[blob]);
        }

        foreach ((FieldDesc field, Blob blob) in _fields.ToArray())
        {
            if (blob.Pointers.Count == 0 && Array.TrueForAll(blob.Bytes, b => b == 0))
            {
                _fields.Remove(field);
            }
        }
    }

    private void CommitObject(Blob blob, TypeDesc type)
    {
        World.Construct(type, Cause);
        blob.WritePointer(0, World.Data.MethodTable(type, Cause));
        World.Statics.AddObject(blob, type);
        bool holdsReferences = type.IsArray
            ? type.Element!.ContainsReferences
            : type.IsValueType ? type.ContainsReferences : type.Layout.ReferenceOffsets.Count > 0;
        if (holdsReferences)
        {
            _roots.Add(blob);
        }
    }
}
