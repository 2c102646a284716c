// Which body a virtual call reaches on an exact type: class virtuals, interface methods (implicit, explicit, default),
// static virtual members, and the methods that arrays have through SZArrayHelper.

using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace Pride.Compiler.Metadata;

/// <summary>Virtual method resolution.</summary>
internal static class VirtualResolution
{
    private const string KeepsBaseOverrides = "System.Runtime.CompilerServices.PreserveBaseOverridesAttribute";

    /// <summary>The body that <paramref name="declared"/> has on the exact type <paramref name="type"/>; null when it has none.</summary>
    public static MethodDesc? Resolve(TypeDesc type, MethodDesc declared) =>
        declared.Owner.Kind == TypeKind.Interface ? ResolveInterface(type, declared) : ResolveClass(type, declared);

    private static MethodDesc? ResolveClass(TypeDesc type, MethodDesc declared)
    {
        if (!declared.IsVirtual)
        {
            return declared;
        }

        MethodDesc root = SlotRoot(declared);
        for (TypeDesc? level = type; level != null && level != declared.Owner; level = level.BaseType)
        {
            foreach (MethodDesc overriding in ExplicitOverrides(level, declared))
            {
                // An override with another return type has a slot of its own, and overrides of that count for this one too.
                return overriding.HasAttribute(KeepsBaseOverrides) ? ResolveClass(type, overriding) : overriding;
            }

            MethodDesc? match = FindMatch(level, declared, m => m.IsVirtual && m.IsReuseSlot);
            if (match != null && SlotRoot(match) == root)
            {
                return match;
            }
        }

        return declared.Definition.IsAbstract ? null : declared;
    }

    /// <summary>The method that introduced the vtable slot.</summary>
    private static MethodDesc SlotRoot(MethodDesc method)
    {
        MethodDesc root = method;
        TypeDesc? level = method.Owner.BaseType;
        while (root.Definition.IsReuseSlot && level != null)
        {
            MethodDesc? match = FindMatch(level, root, m => m.IsVirtual);
            if (match != null)
            {
                root = match;
            }

            level = level.BaseType;
        }

        return root;
    }

    private static MethodDesc? ResolveInterface(TypeDesc type, MethodDesc declared)
    {
        TypeDesc? implemented = Assignability.ImplementedAs(type, declared.Owner);
        if (implemented == null)
        {
            return null;
        }

        if (implemented != declared.Owner)
        {
            declared = type.System.Method(implemented, declared.Definition, declared.Arguments);
        }

        if (type.Kind == TypeKind.SzArray && implemented.Arguments.Length == 1)
        {
            return ResolveArray(type, declared);
        }

        for (TypeDesc? level = type; level != null; level = level.BaseType)
        {
            foreach (MethodDesc overriding in ExplicitOverrides(level, declared))
            {
                return Devirtualised(type, overriding);
            }

            if (!InterfaceLists.Declared(level).Any(i => i == implemented || i.AllInterfaces.Contains(implemented)))
            {
                continue;
            }

            for (TypeDesc? giver = level; giver != null; giver = giver.BaseType)
            {
                MethodDesc? match = FindMatch(giver, declared, m => m.IsPublic && (m.IsVirtual || m.IsStatic));
                if (match != null)
                {
                    return Devirtualised(type, match);
                }
            }
        }

        return ResolveDefault(type, declared);
    }

    private static MethodDesc? Devirtualised(TypeDesc type, MethodDesc method) =>
        method.IsVirtual && !method.IsStatic && !method.Definition.IsFinal ? ResolveClass(type, method) : method;

    // The most specific interface that overrides the member; the member's own body last.
    private static MethodDesc? ResolveDefault(TypeDesc type, MethodDesc declared)
    {
        MethodDesc? best = null;
        foreach (TypeDesc candidate in type.AllInterfaces)
        {
            foreach (MethodDesc overriding in ExplicitOverrides(candidate, declared))
            {
                if (!overriding.Definition.IsAbstract && (best == null || candidate.AllInterfaces.Contains(best.Owner)))
                {
                    best = overriding;
                }
            }
        }

        return best ?? (declared.Definition.IsAbstract ? null : declared);
    }

    private static MethodDesc ResolveArray(TypeDesc array, MethodDesc declared)
    {
        TypeDesc helper = array.System.Known("System.SZArrayHelper");
        string name = declared.Name;
        foreach (MethodDefinition candidate in helper.Definition!.Methods)
        {
            string plain = candidate.Name[(candidate.Name.LastIndexOf('.') + 1)..];
            if (plain == name && candidate.Parameters.Count == declared.Parameters.Length && candidate.GenericParameters.Count == 1)
            {
                return array.System.Method(helper, candidate, array.Element!);
            }
        }

        throw new CompilationException(CompilationError.Unsupported, $"arrays have no {declared.Display}");
    }

    private static IEnumerable<MethodDesc> ExplicitOverrides(TypeDesc level, MethodDesc declared)
    {
        if (level.Definition == null)
        {
            yield break;
        }

        foreach (MethodDefinition candidate in level.Definition.Methods)
        {
            if (!candidate.HasOverrides || candidate.GenericParameters.Count != declared.Arguments.Length)
            {
                continue;
            }

            foreach (MethodReference overridden in candidate.Overrides)
            {
                if (overridden.Name == declared.Name
                    && level.System.Definition(overridden.DeclaringType) == declared.Owner.Definition
                    && level.System.Resolve(overridden.DeclaringType, level.Context) == declared.Owner
                    && level.System.Resolve(overridden, new GenericContext(level.Arguments, declared.Arguments)).Definition == declared.Definition)
                {
                    yield return level.System.Method(level, candidate, declared.Arguments);
                }
            }
        }
    }

    private static MethodDesc? FindMatch(TypeDesc level, MethodDesc declared, Func<MethodDefinition, bool> condition)
    {
        if (level.Definition == null)
        {
            return null;
        }

        foreach (MethodDefinition candidate in level.Definition.Methods)
        {
            if (candidate.Name == declared.Name
                && candidate.Parameters.Count == declared.Definition.Parameters.Count
                && candidate.GenericParameters.Count == declared.Arguments.Length
                && candidate.IsStatic == declared.IsStatic
                && condition(candidate))
            {
                MethodDesc method = level.System.Method(level, candidate, declared.Arguments);
                if (method == declared || (method.ReturnType == declared.ReturnType && method.Parameters.AsSpan().SequenceEqual(declared.Parameters)))
                {
                    return method;
                }
            }
        }

        return null;
    }
}
