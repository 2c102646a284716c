// The status page: what the server and every PD of the system have done so far, for people (/status) and for programs (/status.json).

using System;
using System.Threading.Tasks;
using Pride.Abi;
using Pride.Http;
using Pride.Net;

namespace Webserver.Domains;

/// <summary>Handlers of the two addresses.</summary>
public sealed class StatusPage(HttpServer server, NetworkStack network, StatisticsPage system)
{
    private const int BytesPerKibibyte = 1024;

    private static ReadOnlySpan<byte> PageStart => """
        <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>Pride: status</title><style>
        body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
        table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{padding:.25rem .75rem;text-align:right;border-bottom:1px solid #ddd}
        th:first-child,td:first-child{text-align:left}td{font-variant-numeric:tabular-nums}h1{font-weight:600}
        @media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}th,td{border-color:#444}a{color:#8bf}}
        </style></head><body><p><a href="/">Documentation</a></p><h1>Status</h1>
        """u8;

    /// <summary>/status</summary>
    public ValueTask HtmlAsync(HttpContext context)
    {
        HttpResponse page = context.Response;
        page.SetContentType("text/html; charset=utf-8"u8);
        page.AddField("Cache-Control"u8, "no-store"u8);
        page.Write(PageStart);
        WriteServer(page);
        if (system.IsPresent)
        {
            WriteDomains(page);
        }

        page.Write("<p>The same for programs: <a href=\"/status.json\">/status.json</a></p></body></html>\n"u8);
        return default;
    }

    /// <summary>/status.json</summary>
    public ValueTask JsonAsync(HttpContext context)
    {
        HttpResponse json = context.Response;
        HttpStatistics statistics = server.Statistics;
        json.SetContentType("application/json"u8);
        json.AddField("Cache-Control"u8, "no-store"u8);
        Member(json, "{\"uptimeMilliseconds\":"u8, server.UptimeMilliseconds);
        Member(json, ",\"requests\":"u8, statistics.Requests);
        Member(json, ",\"connections\":"u8, statistics.Connections);
        Member(json, ",\"openConnections\":"u8, statistics.OpenConnections);
        Member(json, ",\"bytesSent\":"u8, statistics.BytesSent);
        Member(json, ",\"malformedRequests\":"u8, statistics.MalformedRequests);
        Member(json, ",\"timedOut\":"u8, statistics.TimedOut);
        Member(json, ",\"evicted\":"u8, statistics.Evicted);
        Member(json, ",\"outOfMemory\":"u8, statistics.OutOfMemory);
        Member(json, ",\"handlerFailures\":"u8, statistics.HandlerFailures);
        Member(json, ",\"cacheHits\":"u8, statistics.CacheHits);
        Member(json, ",\"bufferBytes\":"u8, (long)server.Pool.Made * BlockPool.BlockBytes);
        Member(json, ",\"heapLiveBytes\":"u8, GC.GetTotalMemory(forceFullCollection: true));
        Member(json, ",\"heapCollections\":"u8, GC.CollectionCount(0));
        Member(json, ",\"tcpConnections\":"u8, network.ConnectionCount);
        WriteCounters(json);
        if (system.IsPresent)
        {
            WriteDomainsAsJson(json);
        }

        json.Write("}\n"u8);
        return default;
    }

    private void WriteServer(HttpResponse page)
    {
        HttpStatistics statistics = server.Statistics;
        page.Write("<table>"u8);
        page.Write("<tr><td>Uptime</td><td>"u8);
        WriteDuration(page, server.UptimeMilliseconds);
        page.Write("</td></tr>"u8);
        Row(page, "Requests"u8, statistics.Requests);
        Row(page, "Connections open"u8, statistics.OpenConnections);
        Row(page, "Connections since the start"u8, statistics.Connections);
        Row(page, "Bytes sent"u8, statistics.BytesSent);
        Row(page, "Answered from the cache"u8, statistics.CacheHits);
        Row(page, "Malformed requests"u8, statistics.MalformedRequests);
        Row(page, "Too slow"u8, statistics.TimedOut);
        Row(page, "Buffers in KiB"u8, (long)server.Pool.Made * BlockPool.BlockBytes / BytesPerKibibyte);
        Row(page, "Heap in KiB"u8, GC.GetTotalMemory(forceFullCollection: false) / BytesPerKibibyte);
        page.Write("</table>\n"u8);
    }

    private void WriteDomains(HttpResponse page)
    {
        page.Write("<h2>Protection domains</h2><table><tr><th>Name</th><th>Priority</th><th>Memory in KiB</th><th>CPU time in ms</th>"u8);
        page.Write("<th>Activations</th><th>Faults</th><th>Restarts</th></tr>\n"u8);
        for (int i = 0; i < system.Count; i++)
        {
            PdStatistics pd = system.Pd(i);
            page.Write("<tr><td>"u8);
            page.WriteEscaped(system.Name(i));
            Cell(page, (long)pd.Priority);
            Cell(page, (long)pd.MemoryBytes / BytesPerKibibyte);
            Cell(page, system.Microseconds(pd.CpuTicks) / 1000);
            Cell(page, (long)pd.Activations);
            Cell(page, (long)pd.Faults);
            Cell(page, (long)pd.Restarts);
            page.Write("</td></tr>\n"u8);
        }

        page.Write("<tr><td>(idle)</td><td></td><td>"u8);
        Cell(page, system.IdleMicroseconds / 1000);
        page.Write("</td><td></td><td></td><td></td></tr></table>\n"u8);
    }

    // Those that are not zero: what arrived, what left, and each reason for which something went no further.
    private void WriteCounters(HttpResponse json)
    {
        json.Write(",\"network\":{"u8);
        bool isFirst = true;
        for (int i = 0; i < NetworkCounters.Count; i++)
        {
            NetworkCounter counter = (NetworkCounter)i;
            if (network.Counters[counter] != 0)
            {
                json.Write(isFirst ? "\""u8 : ",\""u8);
                json.Write(counter.ToString());
                Member(json, "\":"u8, (long)network.Counters[counter]);
                isFirst = false;
            }
        }

        json.Write("}"u8);
    }

    private void WriteDomainsAsJson(HttpResponse json)
    {
        Member(json, ",\"interrupts\":"u8, system.Interrupts);
        Member(json, ",\"idleMicroseconds\":"u8, system.IdleMicroseconds);
        json.Write(",\"domains\":["u8);
        for (int i = 0; i < system.Count; i++)
        {
            PdStatistics pd = system.Pd(i);
            json.Write(i == 0 ? "{\"name\":\""u8 : ",{\"name\":\""u8);

            // A PD's name is an identifier, which the description checks: nothing in it needs escaping.
            json.Write(system.Name(i));
            Member(json, "\",\"priority\":"u8, (long)pd.Priority);
            Member(json, ",\"memoryBytes\":"u8, (long)pd.MemoryBytes);
            Member(json, ",\"cpuMicroseconds\":"u8, system.Microseconds(pd.CpuTicks));
            Member(json, ",\"cpuTicks\":"u8, (long)pd.CpuTicks);
            Member(json, ",\"activations\":"u8, (long)pd.Activations);
            Member(json, ",\"faults\":"u8, (long)pd.Faults);
            Member(json, ",\"restarts\":"u8, (long)pd.Restarts);
            json.Write("}"u8);
        }

        json.Write("]"u8);
    }

    private static void WriteDuration(HttpResponse page, long milliseconds)
    {
        const long SecondsPerMinute = 60;
        const long SecondsPerHour = 3600;
        long seconds = milliseconds / 1000;
        page.Write(seconds / SecondsPerHour);
        page.Write(" h "u8);
        page.Write(seconds % SecondsPerHour / SecondsPerMinute);
        page.Write(" min "u8);
        page.Write(seconds % SecondsPerMinute);
        page.Write(" s"u8);
    }

    private static void Row(HttpResponse page, ReadOnlySpan<byte> name, long value)
    {
        page.Write("<tr><td>"u8);
        page.Write(name);
        page.Write("</td><td>"u8);
        page.Write(value);
        page.Write("</td></tr>\n"u8);
    }

    private static void Cell(HttpResponse page, long value)
    {
        page.Write("</td><td>"u8);
        page.Write(value);
    }

    private static void Member(HttpResponse json, ReadOnlySpan<byte> prefix, long value)
    {
        json.Write(prefix);
        json.Write(value);
    }
}
