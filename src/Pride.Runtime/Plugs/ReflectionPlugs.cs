// Reflection over members: types of a compiled image have none. The framework asks for members on paths that a program
// rarely takes (error texts, reflection-based serialisers); there the question throws. Only what JSON calls the members of enums is known.

using System;
using System.Collections.Generic;
using System.Reflection;
using System.Text.Json.Serialization;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug("System.RuntimeType")]
internal static class ReflectionPlugs
{
    private const string NoMembers = "types of a compiled image have no members to look up";

    // Of the interfaces those are known that the program names; no other type could be compared with them.
    public static unsafe Type[] GetInterfaces(object self)
    {
        InterfaceMap* map = RuntimeTypePlugs.MethodTableOf(self)->Interfaces;
        List<Type> interfaces = [];
        for (nuint i = 0; map != null && i < map->Count; i++)
        {
            MethodTable* type = (&map->First)[i];
            if (type != RuntimeTypePlugs.MethodTableOf(self) && RuntimeTypePlugs.TypeOf(type) is { } known)
            {
                interfaces.Add(known);
            }
        }

        return [.. interfaces];
    }

    [PlugMethod("get_ContainsGenericParameters")]
    public static bool ContainsGenericParameters(object self) => RuntimeTypePlugs.IsGenericTypeDefinition(self);

    [PlugMethod("GetMethodImpl", AnySignature = true)]
    public static object GetMethodImpl() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetMethods", AnySignature = true)]
    public static object GetMethods() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetConstructors", AnySignature = true)]
    public static object GetConstructors() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetConstructorImpl", AnySignature = true)]
    public static object GetConstructorImpl() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetProperties", AnySignature = true)]
    public static object GetProperties() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetPropertyImpl", AnySignature = true)]
    public static object GetPropertyImpl() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetEvents", AnySignature = true)]
    public static object GetEvents() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetEvent", AnySignature = true)]
    public static object GetEvent() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetFields", AnySignature = true)]
    public static object GetFields() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetField", AnySignature = true)]
    public static object GetField() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetMembers", AnySignature = true)]
    public static object GetMembers() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetMember", AnySignature = true)]
    public static object GetMember() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetNestedTypes", AnySignature = true)]
    public static object GetNestedTypes() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetNestedType", AnySignature = true)]
    public static object GetNestedType() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetInterface", AnySignature = true)]
    public static object GetInterface() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetInterfaceMap", AnySignature = true)]
    public static object GetInterfaceMap() => throw new NotSupportedException(NoMembers);

    [PlugMethod("MakeGenericType", AnySignature = true)]
    public static object MakeGenericType() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetCustomAttributes", AnySignature = true)]
    public static object GetCustomAttributes() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetCustomAttributesData", AnySignature = true)]
    public static object GetCustomAttributesData() => throw new NotSupportedException(NoMembers);

    [PlugMethod("InvokeMember", AnySignature = true)]
    public static object InvokeMember() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetDefaultMembers", AnySignature = true)]
    public static object GetDefaultMembers() => throw new NotSupportedException(NoMembers);

    [PlugMethod("MakeArrayType", AnySignature = true)]
    public static object MakeArrayType() => throw new NotSupportedException(NoMembers);

    [PlugMethod("MakeByRefType", AnySignature = true)]
    public static object MakeByRefType() => throw new NotSupportedException(NoMembers);

    [PlugMethod("MakePointerType", AnySignature = true)]
    public static object MakePointerType() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetMethodImplCommon", AnySignature = true)]
    public static object GetMethodImplCommon() => throw new NotSupportedException(NoMembers);

    [PlugMethod("GetMemberWithSameMetadataDefinitionAs", AnySignature = true)]
    public static object GetMemberWithSameMetadataDefinitionAs() => throw new NotSupportedException(NoMembers);

    [PlugMethod("CreateInstanceImpl", AnySignature = true)]
    public static object CreateInstanceImpl() => throw new NotSupportedException(NoMembers);

    [PlugMethod("CreateInstanceDefaultCtor", AnySignature = true)]
    public static object CreateInstanceDefaultCtor() => throw new NotSupportedException(NoMembers);
}

/// <summary>Attributes of members: the members of enums are all that there is.</summary>
[Plug(typeof(CustomAttributeExtensions))]
internal static class CustomAttributePlugs
{
    public static T? GetCustomAttribute<T>(MemberInfo element)
        where T : Attribute =>
        element is not EnumMember member ? throw new NotSupportedException("types of a compiled image have no attributes to look up")
        : typeof(T) == typeof(JsonStringEnumMemberNameAttribute) ? (T)(object)new JsonStringEnumMemberNameAttribute(member.JsonName)
        : null;
}
