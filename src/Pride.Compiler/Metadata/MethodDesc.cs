// A closed method: a definition on a closed type, with closed method arguments.

using System.Linq;
using Mono.Cecil;

namespace Pride.Compiler.Metadata;

/// <summary>An interned closed method.</summary>
internal sealed class MethodDesc
{
    private TypeDesc[]? _parameters;
    private TypeDesc? _returnType;

    public MethodDesc(TypeDesc owner, MethodDefinition definition, TypeDesc[] arguments)
    {
        Owner = owner;
        Definition = definition;
        Arguments = arguments;
    }

    public TypeDesc Owner { get; }

    public MethodDefinition Definition { get; }

    public TypeDesc[] Arguments { get; }

    public TypeSystem System => Owner.System;

    public GenericContext Context => new(Owner.Arguments, Arguments);

    public string Name => Definition.Name;

    public bool IsStatic => Definition.IsStatic;

    public bool IsVirtual => Definition.IsVirtual;

    /// <summary>Parameter types without <c>this</c>.</summary>
    public TypeDesc[] Parameters =>
        _parameters ??= Definition.Parameters.Select(p => System.Resolve(p.ParameterType, Context)).ToArray();

    public TypeDesc ReturnType => _returnType ??= System.Resolve(Definition.ReturnType, Context);

    /// <summary>The type of <c>this</c>: a reference to the struct for value types.</summary>
    public TypeDesc ThisType => Owner.IsValueType ? System.ByRefOf(Owner) : Owner;

    public string FullName
    {
        get
        {
            string name = Name is ".ctor" ? "Constructor" : Name is ".cctor" ? "StaticConstructor" : Name;
            string arguments = Arguments.Length == 0 ? "" : $"<{string.Join(",", Arguments.Select(TypeNames.ShortName))}>";
            return $"{Owner.FullName}.{name}{arguments}";
        }
    }

    /// <summary>Full name with parameter types.</summary>
    public string Display => $"{FullName}({string.Join(", ", Parameters.Select(TypeNames.ShortName))})";

    public bool HasAttribute(string fullName) => Attributes.Has(Definition, fullName);

    public override string ToString() => Display;
}

/// <summary>Attribute look-up by full name.</summary>
internal static class Attributes
{
    public static bool Has(ICustomAttributeProvider provider, string fullName) => Find(provider, fullName) != null;

    public static CustomAttribute? Find(ICustomAttributeProvider provider, string fullName)
    {
        if (provider.HasCustomAttributes)
        {
            foreach (CustomAttribute attribute in provider.CustomAttributes)
            {
                if (attribute.AttributeType.FullName == fullName)
                {
                    return attribute;
                }
            }
        }

        return null;
    }

    public static object? Property(CustomAttribute attribute, string name)
    {
        foreach (CustomAttributeNamedArgument argument in attribute.Properties)
        {
            if (argument.Name == name)
            {
                return argument.Argument.Value;
            }
        }

        foreach (CustomAttributeNamedArgument argument in attribute.Fields)
        {
            if (argument.Name == name)
            {
                return argument.Argument.Value;
            }
        }

        return null;
    }
}
