// Conditional requests and ranges (RFC 9110, sections 13 and 14).

using System;

namespace Pride.Http;

/// <summary>What a request's conditions make of it.</summary>
internal enum ConditionResult
{
    /// <summary>Serve it.</summary>
    Proceed,

    /// <summary>304.</summary>
    NotModified,

    /// <summary>412.</summary>
    Failed,
}

/// <summary>Which part of a file a request asks for.</summary>
internal enum RangeResult
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>One range.</summary>
    Part,

    /// <summary>416.</summary>
    Unsatisfiable,
}

/// <summary>Evaluates If-..., Range.</summary>
internal static class Conditions
{
    /// <summary>In the order of RFC 9110, section 13.2.2; for GET and HEAD.</summary>
    public static ConditionResult Evaluate(HttpRequest request, in Validators validators)
    {
        if (request.TryGetField("if-match"u8, out ReadOnlySpan<byte> tags))
        {
            if (!ListHolds(tags, validators.Tag, isWeak: false))
            {
                return ConditionResult.Failed;
            }
        }
        else if (request.TryGetField("if-unmodified-since"u8, out ReadOnlySpan<byte> date)
            && HttpDate.TryParse(date, out long since) && validators.ModifiedUnixSeconds > since)
        {
            return ConditionResult.Failed;
        }

        if (request.TryGetField("if-none-match"u8, out tags))
        {
            return ListHolds(tags, validators.Tag, isWeak: true) ? ConditionResult.NotModified : ConditionResult.Proceed;
        }

        bool isUnchanged = validators.ModifiedUnixSeconds > 0
            && request.TryGetField("if-modified-since"u8, out ReadOnlySpan<byte> after)
            && HttpDate.TryParse(after, out long time) && validators.ModifiedUnixSeconds <= time;
        return isUnchanged ? ConditionResult.NotModified : ConditionResult.Proceed;
    }

    /// <summary>One range of bytes, if the request asks for one and means this version. Several ranges are answered with the whole, as a server may.</summary>
    public static RangeResult Range(HttpRequest request, in Validators validators, long size, out long start, out long length)
    {
        start = 0;
        length = size;
        if (request.Method != HttpMethods.Get || !request.TryGetField("range"u8, out ReadOnlySpan<byte> range) || !IsForThisVersion(request, validators))
        {
            return RangeResult.Whole;
        }

        ReadOnlySpan<byte> unit = "bytes="u8;
        if (range.Length <= unit.Length || !Bytes.EqualsIgnoreCase(range[..unit.Length], unit))
        {
            return RangeResult.Whole;
        }

        range = Bytes.TrimBlanks(range[unit.Length..]);
        int dash = range.IndexOf((byte)'-');
        if (dash < 0 || range.Contains((byte)','))
        {
            return RangeResult.Whole;
        }

        return dash == 0 ? Suffix(range[1..], size, out start, out length) : FromTo(range[..dash], range[(dash + 1)..], size, ref start, ref length);
    }

    private static RangeResult Suffix(ReadOnlySpan<byte> text, long size, out long start, out long length)
    {
        start = 0;
        length = size;
        if (!Bytes.TryParseNumber(text, out long suffix))
        {
            return RangeResult.Whole;
        }

        length = Math.Min(suffix, size);
        start = size - length;
        return length == 0 ? RangeResult.Unsatisfiable : RangeResult.Part;
    }

    private static RangeResult FromTo(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, long size, ref long start, ref long length)
    {
        long last = size - 1;
        if (!Bytes.TryParseNumber(from, out long first) || (!to.IsEmpty && (!Bytes.TryParseNumber(to, out last) || last < first)))
        {
            return RangeResult.Whole;
        }

        if (first >= size)
        {
            return RangeResult.Unsatisfiable;
        }

        start = first;
        length = Math.Min(last, size - 1) - first + 1;
        return RangeResult.Part;
    }

    private static bool IsForThisVersion(HttpRequest request, in Validators validators)
    {
        if (!request.TryGetField("if-range"u8, out ReadOnlySpan<byte> condition))
        {
            return true;
        }

        return condition.SequenceEqual(validators.Tag)
            || (HttpDate.TryParse(condition, out long time) && time == validators.ModifiedUnixSeconds);
    }

    private static bool ListHolds(ReadOnlySpan<byte> list, ReadOnlySpan<byte> tag, bool isWeak)
    {
        while (Bytes.NextElement(ref list, out ReadOnlySpan<byte> element))
        {
            if (element.Length == 1 && element[0] == '*')
            {
                return true;
            }

            if (isWeak && element.StartsWith("W/"u8))
            {
                element = element[2..];
            }

            if (element.SequenceEqual(tag))
            {
                return true;
            }
        }

        return false;
    }
}
