// Cultures: the invariant one, always.

using System;
using System.Globalization;
using System.Runtime.CompilerServices;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug(typeof(CultureInfo))]
internal static class CultureInfoPlugs
{
    [PlugMethod("get_CurrentCulture")]
    public static CultureInfo CurrentCulture() => CultureInfo.InvariantCulture;

    [PlugMethod("get_CurrentUICulture")]
    public static CultureInfo CurrentUICulture() => CultureInfo.InvariantCulture;
}

[Plug(typeof(NumberFormatInfo))]
internal static class NumberFormatPlugs
{
    // Not by way of the current culture: a program that formats a number needs no CultureInfo.
    [PlugMethod("get_CurrentInfo")]
    public static NumberFormatInfo CurrentInfo() => NumberFormatInfo.InvariantInfo;
}

[Plug(typeof(GregorianCalendar))]
internal static class GregorianCalendarPlugs
{
    private const int NotYetKnown = -1;

    // The framework's own puts a wrong type into its exception: a boxed enum in every image that knows a culture, and so the code for names of enums.
    [PlugMethod(".ctor")]
    public static void Construct(GregorianCalendar self, GregorianCalendarTypes type)
    {
        if (type is not GregorianCalendarTypes.Localized and (< GregorianCalendarTypes.USEnglish or > GregorianCalendarTypes.TransliteratedFrench))
        {
            throw new ArgumentOutOfRangeException(nameof(type));
        }

        TypeField(self) = type;
        EraField(self) = NotYetKnown;
        TwoDigitYearField(self) = NotYetKnown;
    }

    [NotAPlug]
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_type")]
    private static extern ref GregorianCalendarTypes TypeField(GregorianCalendar calendar);

    [NotAPlug]
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_currentEraValue")]
    private static extern ref int EraField(Calendar calendar);

    [NotAPlug]
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_twoDigitYearMax")]
    private static extern ref int TwoDigitYearField(Calendar calendar);
}

[Plug(typeof(TimeZoneInfo))]
internal static class TimeZonePlugs
{
    // There are no time-zone files: local time is UTC.
    public static TimeZoneInfo GetLocalTimeZoneFromTzFile() => TimeZoneInfo.Utc;
}

[Plug("System.Globalization.CultureData")]
internal static class CultureDataPlugs
{
    // The invariant culture's; the framework would keep the way to the tables of all others for it.
    [PlugMethod("get_ListSeparator", AnySignature = true)]
    public static string ListSeparator(object self) => ",";
}

[Plug("System.Globalization.GlobalizationMode")]
internal static class GlobalizationModePlugs
{
    [PlugMethod("get_Invariant")]
    public static bool Invariant() => true;

    [PlugMethod("get_InvariantNoLoad")]
    public static bool InvariantNoLoad() => true;

    [PlugMethod("get_PredefinedCulturesOnly")]
    public static bool PredefinedCulturesOnly() => true;
}

[Plug("System.AppContextConfigHelper")]
internal static class ConfigurationPlugs
{
    public static bool GetBooleanConfig(string switchName, bool defaultValue) => defaultValue;

    public static bool GetBooleanConfig(string switchName, string envVariable, bool defaultValue) => defaultValue;

    public static bool GetBooleanComPlusOrDotNetConfig(string configName, string envVariable, bool defaultValue) => defaultValue;

    public static int GetInt32Config(string configName, int defaultValue, bool allowNegative) => defaultValue;

    public static int GetInt32Config(string configName, string envVariable, int defaultValue, bool allowNegative) => defaultValue;

    public static int GetInt32ComPlusOrDotNetConfig(string configName, string envVariable, int defaultValue, bool allowNegative) => defaultValue;

    public static short GetInt16Config(string configName, short defaultValue, bool allowNegative) => defaultValue;

    public static short GetInt16Config(string configName, string envVariable, short defaultValue, bool allowNegative) => defaultValue;

    public static short GetInt16ComPlusOrDotNetConfig(string configName, string envVariable, short defaultValue, bool allowNegative) => defaultValue;
}

[Plug("System.LocalAppContextSwitches")]
internal static class AppContextSwitchPlugs
{
    public static bool GetCachedSwitchValue(string switchName, ref int cachedSwitchValue) => false;
}
