// Makes the site that the web server ships: Pride's own documentation, from docs/*.md and the READMEs, as plain HTML.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using Markdig;

namespace Pride.Tool.Site;

/// <summary>Markdown to a folder of HTML pages.</summary>
public static class SiteBuilder
{
    /// <summary>The name by which a description asks for this site.</summary>
    public const string DocumentationName = "@docs";

    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers().Build();

    /// <summary>Writes the site to .pride/site and returns that folder.</summary>
    public static string Build(Workspace workspace)
    {
        string site = Path.Combine(workspace.Output, "site");
        if (Directory.Exists(site))
        {
            Directory.Delete(site, recursive: true);
        }

        Directory.CreateDirectory(site);
        List<(string Source, string Page)> pages = Pages(workspace).ToList();
        string navigation = string.Concat(pages.Select(p => $"<li><a href=\"/{p.Page}\">{WebUtility.HtmlEncode(TitleOf(p.Source))}</a></li>"));
        foreach ((string source, string page) in pages)
        {
            string path = Path.Combine(site, page);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Html(source, navigation));
        }

        CopyOtherFiles(workspace, site);
        return site;
    }

    /// <summary>One page.</summary>
    internal static string Html(string source, string navigation)
    {
        string body = Markdown.ToHtml(File.ReadAllText(source), s_pipeline).Replace(".md\"", ".html\"", StringComparison.Ordinal);
        StringBuilder html = new();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append("<title>").Append(WebUtility.HtmlEncode(TitleOf(source))).Append("</title>\n");
        html.Append("<style>body{font:16px/1.5 sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}nav ul{padding:0}nav li{display:inline;margin-right:1rem}"
            + "pre{background:#f4f4f4;padding:.6rem;overflow:auto}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2rem .6rem}</style>\n");
        html.Append("</head>\n<body>\n<nav><ul>").Append(navigation).Append("<li><a href=\"/status\">Status</a></li></ul></nav>\n");
        html.Append(body).Append("</body>\n</html>\n");
        return html.ToString();
    }

    private static IEnumerable<(string Source, string Page)> Pages(Workspace workspace)
    {
        yield return (Path.Combine(workspace.Root, "README.md"), "index.html");
        string docs = Path.Combine(workspace.Root, "docs");
        if (Directory.Exists(docs))
        {
            foreach (string file in Directory.EnumerateFiles(docs, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                yield return (file, Path.Combine("docs", Path.ChangeExtension(Path.GetRelativePath(docs, file), ".html")));
            }
        }
    }

    private static void CopyOtherFiles(Workspace workspace, string site)
    {
        string docs = Path.Combine(workspace.Root, "docs");
        if (!Directory.Exists(docs))
        {
            return;
        }

        foreach (string file in Directory.EnumerateFiles(docs, "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) != ".md"))
        {
            string target = Path.Combine(site, "docs", Path.GetRelativePath(docs, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static string TitleOf(string source) =>
        File.ReadLines(source).FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim()
        ?? Path.GetFileNameWithoutExtension(source);
}
