// The body of every answer that is not what the client asked for: one small page that says what is wrong.

namespace Pride.Http;

/// <summary>Writes error pages.</summary>
public static class ErrorPage
{
    /// <summary>Replaces whatever the response holds. <paramref name="text"/> is the server's own, never the client's words.</summary>
    public static void Write(HttpResponse response, int status, string text)
    {
        response.Clear();
        response.Status = status;
        response.SetContentType("text/html; charset=utf-8"u8);
        response.Write("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>"u8);
        WriteName(response, status);
        response.Write("</title></head><body><h1>"u8);
        WriteName(response, status);
        response.Write("</h1><p>"u8);
        response.Write(text);
        response.Write(".</p></body></html>\n"u8);
    }

    private static void WriteName(HttpResponse response, int status)
    {
        response.Write(status);
        response.Write(" "u8);
        response.Write(HttpStatus.Reason(status));
    }
}
