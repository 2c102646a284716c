// XML from text: kinds of nodes, entities, attributes, errors with their places. Compiled alone, since its library is large.
using System;
using System.IO;
using System.Xml;
namespace Alone;

public static class XmlReading
{
    public static void Main()
    {
        using XmlReader reader = XmlReader.Create(new StringReader("<a x='1'><b>t &amp; u</b><b/><!-- c --></a>"));
        while (reader.Read()) { Console.Write($"{reader.NodeType} {reader.Name} {reader.Value} {reader.GetAttribute("x")};"); }
        Console.WriteLine();
        try { using XmlReader bad = XmlReader.Create(new StringReader("<a><b></a>")); while (bad.Read()) { } } catch (XmlException e) { Console.WriteLine(e.LineNumber + " " + e.LinePosition); }
    }
}
