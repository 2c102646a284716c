// Interns closed types and methods, and turns Cecil's references into them.
//
// Pitfalls that are handled here and nowhere else: a method reference may name a derived type; an open generic in
// ldtoken has no arguments; type forwards of facades; modifiers and pins are dropped.

using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Pride.Compiler.Metadata;

/// <summary>All types and methods of one compilation.</summary>
internal sealed class TypeSystem(AssemblySet assemblies)
{
    private readonly Dictionary<TypeDefinition, TypeDesc> _plainTypes = [];
    private readonly Dictionary<InstanceKey, TypeDesc> _instances = [];
    private readonly Dictionary<InstanceKey, MethodDesc> _methods = [];
    private readonly Dictionary<TypeReference, TypeDefinition> _definitions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<MethodReference, MethodDefinition> _methodDefinitions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<FieldReference, FieldDefinition> _fieldDefinitions = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, TypeDesc> _known = [];
    private TypeDesc? _functionPointer;
    private int _nextId;

    public AssemblySet Assemblies { get; } = assemblies;

    public TypeDesc Object => Known("System.Object");

    public TypeDesc String => Known("System.String");

    public TypeDesc Void => Known("System.Void");

    public TypeDesc Int32 => Known("System.Int32");

    public TypeDesc Int64 => Known("System.Int64");

    public TypeDesc IntPtr => Known("System.IntPtr");

    public TypeDesc Single => Known("System.Single");

    public TypeDesc Double => Known("System.Double");

    public TypeDesc Byte => Known("System.Byte");

    /// <summary>What an <c>ldind</c> or <c>stind</c> instruction reads or writes (ECMA-335 III.3.42, III.3.62); none for other instructions.</summary>
    public TypeDesc? AccessedBy(Code code) => code switch
    {
        Code.Ldind_I1 or Code.Stind_I1 => Known("System.SByte"),
        Code.Ldind_U1 => Byte,
        Code.Ldind_I2 or Code.Stind_I2 => Known("System.Int16"),
        Code.Ldind_U2 => Known("System.UInt16"),
        Code.Ldind_I4 or Code.Ldind_U4 or Code.Stind_I4 => Int32,
        Code.Ldind_I8 or Code.Stind_I8 => Int64,
        Code.Ldind_I or Code.Stind_I => IntPtr,
        Code.Ldind_R4 or Code.Stind_R4 => Single,
        Code.Ldind_R8 or Code.Stind_R8 => Double,
        Code.Ldind_Ref or Code.Stind_Ref => Object,
        _ => null,
    };

    /// <summary>A non-generic type of CoreLib by full name.</summary>
    public TypeDesc Known(string fullName)
    {
        if (!_known.TryGetValue(fullName, out TypeDesc? type))
        {
            TypeDefinition definition = Assemblies.CoreLib.MainModule.GetType(fullName)
                ?? throw new CompilationException(CompilationError.Unsupported, $"CoreLib has no type {fullName}");
            type = Instance(definition, []);
            _known.Add(fullName, type);
        }

        return type;
    }

    public TypeDesc Instance(TypeDefinition definition, TypeDesc[] arguments)
    {
        if (arguments.Length == 0)
        {
            if (!_plainTypes.TryGetValue(definition, out TypeDesc? plain))
            {
                plain = new TypeDesc(this, _nextId++, KindOf(definition), definition, arguments, null, 0);
                _plainTypes.Add(definition, plain);
            }

            return plain;
        }

        InstanceKey key = new(definition, null, arguments);
        if (!_instances.TryGetValue(key, out TypeDesc? type))
        {
            type = new TypeDesc(this, _nextId++, KindOf(definition), definition, arguments, null, 0);
            _instances.Add(key, type);
        }

        return type;
    }

    public TypeDesc ByRefOf(TypeDesc element) => Compound(TypeKind.ByRef, element, 0);

    public TypeDesc PointerTo(TypeDesc element) => Compound(TypeKind.Pointer, element, 0);

    public TypeDesc ArrayOf(TypeDesc element) => Compound(TypeKind.SzArray, element, 0);

    public MethodDesc Method(TypeDesc owner, MethodDefinition definition, params TypeDesc[] arguments)
    {
        if (arguments.Length == 0)
        {
            return owner.Method(definition);
        }

        InstanceKey key = new(definition, owner, arguments);
        if (!_methods.TryGetValue(key, out MethodDesc? method))
        {
            method = new MethodDesc(owner, definition, arguments);
            _methods.Add(key, method);
        }

        return method;
    }

    public TypeDesc Resolve(TypeReference reference, GenericContext context)
    {
        switch (reference)
        {
            case GenericParameter parameter:
                TypeDesc[] arguments = parameter.Type == GenericParameterType.Type ? context.TypeArguments : context.MethodArguments;
                return parameter.Position < arguments.Length
                    ? arguments[parameter.Position]
                    : throw new CompilationException(CompilationError.Unsupported, $"open generic parameter {parameter.Name} of {parameter.Owner}");
            case GenericInstanceType instance:
                return Instance(Definition(instance.ElementType), ResolveAll(instance.GenericArguments, context));
            case ArrayType array:
                TypeDesc element = Resolve(array.ElementType, context);
                return array.IsVector ? ArrayOf(element) : Compound(TypeKind.MdArray, element, array.Rank);
            case ByReferenceType byRef:
                return ByRefOf(Resolve(byRef.ElementType, context));
            case PointerType pointer:
                return PointerTo(Resolve(pointer.ElementType, context));
            case FunctionPointerType:
                return _functionPointer ??= new TypeDesc(this, _nextId++, TypeKind.FunctionPointer, null, [], null, 0);
            case TypeSpecification wrapper:
                return Resolve(wrapper.ElementType, context);
            default:
                TypeDefinition definition = Definition(reference);

                // `ldtoken List<>` has no arguments; the open type stands for itself.
                return Instance(definition, []);
        }
    }

    public TypeDesc[] ResolveAll(ICollection<TypeReference> references, GenericContext context) =>
        references.Count == 0 ? [] : references.Select(r => Resolve(r, context)).ToArray();

    public TypeDefinition Definition(TypeReference reference)
    {
        if (!_definitions.TryGetValue(reference, out TypeDefinition? definition))
        {
            definition = reference as TypeDefinition ?? reference.Resolve()
                ?? throw new CompilationException(CompilationError.BadRequest, $"type {reference.FullName} is not found in {reference.Scope?.Name}");
            _definitions.Add(reference, definition);
        }

        return definition;
    }

    /// <summary>The closed method that an IL operand names. Not for methods of array types.</summary>
    public MethodDesc Resolve(MethodReference reference, GenericContext context)
    {
        TypeDesc[] arguments = [];
        if (reference is GenericInstanceMethod generic)
        {
            arguments = ResolveAll(generic.GenericArguments, context);
            reference = generic.ElementMethod;
        }

        if (!_methodDefinitions.TryGetValue(reference, out MethodDefinition? definition))
        {
            definition = reference as MethodDefinition ?? reference.Resolve()
                ?? throw new CompilationException(CompilationError.MissingMethod, $"method {reference.FullName} is not found");
            _methodDefinitions.Add(reference, definition);
        }

        TypeDesc named = Resolve(reference.DeclaringType, context);
        TypeDesc owner = named.BaseDefinedBy(definition.DeclaringType)
            ?? named.AllInterfaces.FirstOrDefault(i => i.Definition == definition.DeclaringType)
            ?? throw new CompilationException(CompilationError.Unsupported, $"{reference.FullName} is not a member of {named}");
        return Method(owner, definition, arguments);
    }

    public FieldDesc Resolve(FieldReference reference, GenericContext context)
    {
        if (!_fieldDefinitions.TryGetValue(reference, out FieldDefinition? definition))
        {
            definition = reference as FieldDefinition ?? reference.Resolve()
                ?? throw new CompilationException(CompilationError.MissingMethod, $"field {reference.FullName} is not found");
            _fieldDefinitions.Add(reference, definition);
        }

        TypeDesc named = Resolve(reference.DeclaringType, context);
        TypeDesc owner = named.BaseDefinedBy(definition.DeclaringType)
            ?? throw new CompilationException(CompilationError.Unsupported, $"{reference.FullName} is not a member of {named}");
        return owner.Field(definition);
    }

    /// <summary>A method of a CoreLib or runtime type by name and number of parameters.</summary>
    public MethodDesc? Find(TypeDesc owner, string name, int parameters)
    {
        foreach (MethodDefinition method in owner.Definition!.Methods)
        {
            if (method.Name == name && method.Parameters.Count == parameters && !method.HasGenericParameters)
            {
                return Method(owner, method);
            }
        }

        return null;
    }

    private TypeDesc Compound(TypeKind kind, TypeDesc element, int rank)
    {
        TypeDesc? type = element.Compounds.Find(t => t.Kind == kind && t.Rank == rank);
        if (type == null)
        {
            type = new TypeDesc(this, _nextId++, kind, null, [], element, rank);
            element.Compounds.Add(type);
        }

        return type;
    }

    private TypeKind KindOf(TypeDefinition definition)
    {
        if (definition.IsInterface)
        {
            return TypeKind.Interface;
        }

        if (definition.Module == Assemblies.CoreLib.MainModule && definition.Namespace == "System" && definition.DeclaringType == null
            && Primitives.KindOf(definition.Name) is { } primitive)
        {
            return primitive;
        }

        return definition.IsEnum ? TypeKind.Enum : definition.IsValueType ? TypeKind.Struct : TypeKind.Class;
    }

    /// <summary>A definition, its owner if it is a method, and generic arguments: what makes an instantiation unique.</summary>
    private readonly struct InstanceKey(object definition, TypeDesc? owner, TypeDesc[] arguments) : IEquatable<InstanceKey>
    {
        private readonly object _definition = definition;
        private readonly TypeDesc? _owner = owner;
        private readonly TypeDesc[] _arguments = arguments;

        public bool Equals(InstanceKey other) =>
            ReferenceEquals(_definition, other._definition) && _owner == other._owner && _arguments.AsSpan().SequenceEqual(other._arguments);

        public override bool Equals(object? obj) => obj is InstanceKey other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.Add(_definition);
            hash.Add(_owner?.Id ?? -1);
            foreach (TypeDesc argument in _arguments)
            {
                hash.Add(argument.Id);
            }

            return hash.ToHashCode();
        }
    }
}
