// What the inventory service is asked, in this order: each answer depends on what came before.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Pride.Boot.Tests;

/// <summary>Requests as they go over the wire, in Latin-1.</summary>
internal static class InventoryRequests
{
    private const string Json = "application/json";

    public static IEnumerable<string> All =>
    [
        .. Good(), .. BadJson().Select(b => Post("/items", b)), .. Searches().Select(q => Get("/items?" + q)), .. WrongRequests(), .. Imports(), .. Last(),
    ];

    public static string Get(string target) => Plain("GET", target);

    public static string Post(string target, string body, string type = Json, string fields = "") => WithBody("POST", target, body, type, fields);

    private static IEnumerable<string> Good() =>
    [
        Get("/items"),
        Get("/report"),
        Post("/items", """{"name":"bolt M6","price":0.25,"quantity":1000,"tags":["Metal","small"," metal "]}"""),
        Post("/items", """{"name":"nut M6","price":0.10,"quantity":2000,"tags":["metal","small"]}"""),
        Post("/items", """{"name":"hammer","price":19.90,"quantity":7,"tags":["tools"]}"""),
        Post("/items", """{"price":1e2,"name":"saw \u00e4\u4f60\ud83d\ude00 <b>&\"'","tags":[]}"""),
        Post("/items", """{"name":"drill","price":149,"quantity":3,"tags":["tools","electric"]}""", "application/json; charset=utf-8"),
        Get("/items/3"),
        Plain("HEAD", "/items/3"),
        WithBody("PUT", "/items/3", """{"name":"big hammer","price":24.5,"quantity":8,"tags":["tools","heavy"]}""", Json, "If-Match: \"1\"\r\n"),
        WithBody("PUT", "/items/3", """{"name":"late","price":1}""", Json, "If-Match: \"1\"\r\n"),
        WithBody("PUT", "/items/3", """{"name":"odd","price":1}""", Json, "If-Match: W/\"x\"\r\n"),
        Post("/items/1/moves", """{"delta":-200,"reason":"sold"}"""),
        Post("/items/1/moves", """{"delta":-900}"""),
        Post("/items/1/moves", """{"delta":2147483647}"""),
        Post("/items/1/moves", """{"delta":-2147483648}"""),
        Post("/orders", """{"lines":[{"item":1,"pieces":10},{"item":2,"pieces":20},{"item":1,"pieces":5}]}"""),
        Post("/orders", """{"lines":[{"item":1,"pieces":10},{"item":5,"pieces":4}]}"""),
        Post("/orders", """{"lines":[{"item":1,"pieces":2147483647},{"item":1,"pieces":2147483647}]}"""),
        Post("/orders", """{"lines":[{"item":1,"pieces":0}]}"""),
        Post("/orders", """{"lines":[]}"""),
        Post("/orders", """{"lines":[null]}"""),
        Post("/orders", """{"lines":[{"item":77,"pieces":1}]}"""),
        Plain("DELETE", "/items/4"),
        Plain("DELETE", "/items/4"),
        Get("/items/4"),
        Get("/items"),
        Get("/report"),
        Get("/changes"),
        Get("/changes?since=8"),
        Get("/changes?since=8&wait=1000"),
        Get("/changes?since=9999&wait=50"),
    ];

    // Malformed, of wrong types, too deep, too large, too long, and what only looks wrong.
    private static IEnumerable<string> BadJson() =>
    [
        "", " ", "{", "}", "[]", "null", "true", "5", "\"text\"", "{]", "{\"name\"}", "{\"name\":}", "{\"name\":\"x\",\"price\":1,}", "{'name':'x'}",
        "{\"name\":\"x\",\"price\":1}{}", "{\"name\":\"x\",\"price\":1} x", "// comment\n{\"name\":\"x\",\"price\":1}", "\u00ef\u00bb\u00bf{\"name\":\"bom\",\"price\":1}",
        """{"price":1}""", """{"name":"x"}""", """{"name":null,"price":1}""", """{"name":5,"price":1}""", """{"name":["x"],"price":1}""",
        """{"name":"x","price":"1"}""", """{"name":"x","price":true}""", """{"name":"x","price":{}}""", """{"name":"x","price":NaN}""", """{"name":"x","price":-Infinity}""",
        """{"name":"x","price":-1}""", """{"name":"x","price":-0}""", """{"name":"x","price":0.001}""", """{"name":"x","price":1e400}""", """{"name":"x","price":1e28}""",
        """{"name":"x","price":79228162514264337593543950336}""", """{"name":"x","price":0.00000000000000000000000000000000001}""", """{"name":"x","price":01}""",
        """{"name":"x","price":1.}""", """{"name":"x","price":.5}""", """{"name":"x","price":+1}""", """{"name":"x","price":0x10}""", """{"name":"x","price":1e}""",
        """{"name":"x","price":1,"quantity":1.5}""", """{"name":"x","price":1,"quantity":1e2}""", """{"name":"x","price":1,"quantity":99999999999}""",
        """{"name":"x","price":1,"quantity":-5}""", """{"name":"x","price":1,"quantity":null}""", """{"name":"x","price":1,"quantity":"5"}""",
        """{"name":"x","price":1,"tags":"a"}""", """{"name":"x","price":1,"tags":[1]}""", """{"name":"x","price":1,"tags":[null]}""", """{"name":"x","price":1,"tags":{"a":1}}""",
        """{"name":"x","price":1,"unknown":1}""", """{"NAME":"x","price":1}""", """{"name":"x","name":"y","price":1}""", """{"name":"","price":1}""",
        """{"name":"tab\t","price":1}""", "{\"name\":\"raw\ttab\",\"price\":1}", """{"name":"nul\u0000","price":1}""", """{"name":"\ud800","price":1}""", """{"name":"\ud83d\u0020","price":1}""",
        """{"name":"\x","price":1}""", """{"name":"\u12","price":1}""", "{\"name\":\"\u00ff\u00fe\",\"price\":1}", "{\"name\":\"\u00c0\u00ae\",\"price\":1}", "{\"name\":\"unfinished",
        $$"""{"name":"{{new string('n', 101)}}","price":1}""", $$"""{"name":"{{new string('n', 20_000)}}","price":1}""", $$"""{"name":"x","price":{{new string('9', 5000)}}}""",
        new string('[', 20_000), Repeat("{\"name\":", 40) + "1" + new string('}', 40), """{"name":"x","price":1,"tags":""" + new string('[', 40) + new string(']', 40) + "}",
        """{"name":"x","price":1,"tags":[""" + Repeat("[],", 100) + "[]]}",
    ];

    private static IEnumerable<string> Searches() =>
    [
        "match=m6", "match=^.{4}%20M6$", "match=" + Uri.EscapeDataString(@"\b(bolt|NUT)\b"), "match=" + Uri.EscapeDataString(@"(?<a>.)\k<a>"), "match=" + Uri.EscapeDataString(@"[\p{L}-[a-m]]{3,}"),
        "match=(", "match=)", "match=[", "match=[z-a]", "match=a**", "match=(?<n>x)(?<n", "match=" + Uri.EscapeDataString("\\"), "match=" + Uri.EscapeDataString(@"\p{Nonsense}"),
        "match=" + Uri.EscapeDataString("a{99999999999}"), "match=" + Uri.EscapeDataString("x{5,2}"), "match=" + Repeat("(", 900), "match=" + Repeat("(a|", 300) + Repeat(")", 300), "match=%", "match=%zz", "match=%ff%fe", "match=%00",
        "match=", "tag=METAL", "tag=tools&min=20", "tag=none", "min=0.1&max=0.25", "min=x", "min=-1", "max=1e3", "min=99999999999999999999999999999999", "sort=-price", "sort=name",
        "sort=-quantity&take=2", "sort=price&skip=1&take=1", "sort=shape", "sort=", "sort=--id", "skip=-1", "skip=2147483648", "skip=5000", "take=0", "take=101", "take=1;2", "=&&=", "a=b=c&a",
        "match=" + Uri.EscapeDataString(@"^(\w+\s?)*$"),
    ];

    private static IEnumerable<string> WrongRequests() =>
    [
        Get("/"), Get("/nothing"), Get("/items/"), Get("/items/0"), Get("/items/2147483647"), Get("/items/2147483648"), Get("/items/99999999999"), Get("/items/-1"), Get("/items/1/moves"),
        Get("/items/1/more"), Get("/items/%31"), Get("/ITEMS"), Get("/items/\u00b9"), Get("/../items"), Get("/%00"), Get("/orders"), Get("/import"), Get("/changes?since=-1"), Get("/changes?wait=99999"),
        Post("/report", "{}"), Post("/items/1", "{}"), Plain("DELETE", "/items"), Plain("PATCH", "/items"), Plain("BREW", "/items"), Plain("OPTIONS", "/items"),
        Post("/items", """{"name":"x","price":1}""", "text/plain"), Post("/items", """{"name":"x","price":1}""", "application/jsonp"), Plain("POST", "/items"),
        Post("/items", """{"name":"chunks","price":1}""", Json, "Transfer-Encoding: chunked\r\n"),
        "POST /items HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"nam\r\n16\r\ne\":\"pieces\",\"price\":2}\r\n0\r\n\r\n",
        "POST /items HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 9999999\r\n\r\n",
        "GET /items\r\n\r\n", "GET /items HTTP/1.1\r\n\r\n", "\0\0\r\n\r\n", "GET /items HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ];

    private static IEnumerable<string> Imports()
    {
        StringBuilder lines = new();
        for (int i = 0; i < 150; i++)
        {
            lines.Append($$"""{"name":"part {{i:D3}}","price":{{i / 4}}.{{i % 4 * 25:D2}},"quantity":{{i * 37 % 101}},"tags":["part","series {{(char)('a' + (i % 5))}}"]}""").Append(i % 3 == 0 ? "\r\n" : "\n");
        }

        return
        [
            Post("/import", lines.ToString(), "application/x-ndjson"),
            Post("/import", "{\"name\":\"ok\",\"price\":1}\n\nnull\n{\"name\":\"\",\"price\":1}\n[1,2\n{\"name\":\"last\",\"price\":2}", "application/x-ndjson"),
            Post("/import", "{}", Json),
            Post("/import", new string('x', 20_000), "application/x-ndjson"),
            Post("/import", Repeat("x\n", 19), "application/x-ndjson"),
        ];
    }

    private static IEnumerable<string> Last() =>
    [
        Get("/items?match=" + Uri.EscapeDataString(@"part\s+(\d)\1") + "&sort=-price&take=100"), Get("/items?tag=series+b&sort=quantity&take=50"), Get("/items?take=100&skip=60"), Get("/report"),
        Post("/orders", $$"""{"lines":[{{string.Join(',', Enumerable.Range(10, 60).Select(i => $$"""{"item":{{i}},"pieces":1}"""))}}]}"""), Get("/changes?since=120"),
    ];

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Plain(string method, string target) => $"{method} {target} HTTP/1.1\r\nHost: inventory\r\nConnection: close\r\n\r\n";

    private static string WithBody(string method, string target, string body, string type, string fields) =>
        $"{method} {target} HTTP/1.1\r\nHost: inventory\r\nConnection: close\r\nContent-Type: {type}\r\n{fields}"
        + (fields.Contains("chunked", StringComparison.Ordinal) ? $"\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n" : $"Content-Length: {body.Length}\r\n\r\n{body}");
}
