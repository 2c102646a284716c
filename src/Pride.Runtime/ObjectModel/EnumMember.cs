// A member of an enum as reflection would give it, for the one question that the framework asks at run time: what JSON calls it.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Pride.Runtime.ObjectModel;

/// <summary>A member with a name and, where it has one, another name in JSON.</summary>
internal sealed unsafe class EnumMember(string name, string jsonName) : FieldInfo
{
    private const string OnlyNames = "members of a compiled image's enums have names and nothing else";

    /// <summary>What JSON calls the member.</summary>
    public string JsonName => jsonName;

    public override string Name => name;

    public override FieldAttributes Attributes => FieldAttributes.Public | FieldAttributes.Static | FieldAttributes.Literal;

    public override Type? DeclaringType => null;

    public override Type? ReflectedType => null;

    public override Type FieldType => throw new NotSupportedException(OnlyNames);

    public override RuntimeFieldHandle FieldHandle => throw new NotSupportedException(OnlyNames);

    /// <summary>The members of an enum that JSON calls otherwise.</summary>
    public static List<EnumMember> WithOtherNames(MethodTable* type)
    {
        List<EnumMember> members = [];
        EnumTable* table = (EnumTable*)type->Detail;
        for (nuint i = 0; table->JsonNames != null && i < table->Count; i++)
        {
            if (table->JsonNames[i] != null)
            {
                members.Add(new EnumMember(TextAt(table->Names[i]), TextAt(table->JsonNames[i])));
            }
        }

        return members;
    }

    public override object? GetValue(object? obj) => throw new NotSupportedException(OnlyNames);

    public override void SetValue(object? obj, object? value, BindingFlags invokeAttr, Binder? binder, CultureInfo? culture) =>
        throw new NotSupportedException(OnlyNames);

    public override object[] GetCustomAttributes(bool inherit) => [new JsonStringEnumMemberNameAttribute(jsonName)];

    public override object[] GetCustomAttributes(Type attributeType, bool inherit) =>
        attributeType == typeof(JsonStringEnumMemberNameAttribute) ? GetCustomAttributes(inherit) : [];

    public override bool IsDefined(Type attributeType, bool inherit) => attributeType == typeof(JsonStringEnumMemberNameAttribute);

    // Any virtual call of these would bring in reflection's.
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => name.GetHashCode();

    private static string TextAt(void* text) => (string)ObjectLayout.ObjectAt((byte*)text);
}
