// Finds the [Wired] field that an expression such as `p => p.Serial` names, and what the PD classes declare.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;
using Pride.Machine;

namespace Pride.Description;

/// <summary>Reflection over a PD class's wired fields.</summary>
internal static class WiredField
{
    /// <summary>The wired field that <paramref name="selector"/> reads.</summary>
    /// <exception cref="SystemDescriptionException">It is not a plain field access, or the field lacks [Wired].</exception>
    public static FieldInfo Of<TPd, TField>(Expression<Func<TPd, TField>> selector)
    {
        if (selector.Body is MemberExpression { Expression: ParameterExpression, Member: FieldInfo field })
        {
            if (field.GetCustomAttribute<WiredAttribute>() is null)
            {
                throw new SystemDescriptionException(
                    "not-wired", $"{typeof(TPd).Name}.{field.Name} is not a wired field", $"put [Wired] on {typeof(TPd).Name}.{field.Name}");
            }

            return field;
        }

        throw new SystemDescriptionException(
            "wiring-selector",
            $"'{selector}' does not name a field of {typeof(TPd).Name}",
            "write a plain field access: p => p.Field");
    }

    /// <summary>Every wired field of a PD class, base classes included.</summary>
    public static IEnumerable<FieldInfo> AllOf(Type pdType)
    {
        const BindingFlags Flags = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (Type? type = pdType; type is not null; type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(Flags).Where(f => f.GetCustomAttribute<WiredAttribute>() is not null))
            {
                yield return field;
            }
        }
    }

    /// <summary>True for <see cref="Config{T}"/> fields.</summary>
    public static bool IsConfiguration(FieldInfo field) =>
        field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition() == typeof(Config<>);

    /// <summary>The ELF section of configuration type <typeparamref name="T"/>.</summary>
    /// <exception cref="SystemDescriptionException">The type names no section.</exception>
    public static string SectionOf<T>() =>
        typeof(T).GetCustomAttribute<ConfigurationSectionAttribute>()?.Section ?? throw new SystemDescriptionException(
            "configuration-section",
            $"{typeof(T).Name} is used as a configuration but names no ELF section",
            $"put [ConfigurationSection(\"...\")] on {typeof(T).Name}");

    /// <summary>The profile a PD class is compiled under: the class's attribute, then its assembly's, else managed (the compiler's rule).</summary>
    public static Profile ProfileOf(Type pdType) => ProfileAttributeOf(pdType)?.Profile ?? Profile.Managed;

    /// <summary>Whether the PD may use floating-point registers: managed PDs may, drivers when they ask.</summary>
    public static bool FloatingPointOf(Type pdType) =>
        ProfileOf(pdType) == Profile.Managed || ProfileAttributeOf(pdType) is { FloatingPoint: true };

    private static ProfileAttribute? ProfileAttributeOf(Type pdType) =>
        pdType.GetCustomAttribute<ProfileAttribute>(inherit: true) ?? pdType.Assembly.GetCustomAttribute<ProfileAttribute>();
}
