// memcpy, memmove, memset and memcmp for images that bring none of their own: LLVM calls them by name. Byte loops,
// small rather than fast; "no-builtins" keeps LLVM from turning the loops back into calls of themselves.

using System.Collections.Generic;
using System.Text;

namespace Pride.Compiler.Emit;

/// <summary>The functions that LLVM expects of its environment.</summary>
internal static class MemoryFallback
{
    private const string Forward =
        "define weak ptr @NAME(ptr %to, ptr %from, i64 %count) #0 \"no-builtins\" {\n" +
        "entry:\n  br label %test\n" +
        "test:\n  %i = phi i64 [ 0, %entry ], [ %n, %body ]\n  %more = icmp ult i64 %i, %count\n  br i1 %more, label %body, label %end\n" +
        "body:\n  %f = getelementptr i8, ptr %from, i64 %i\n  %b = load i8, ptr %f\n  %t = getelementptr i8, ptr %to, i64 %i\n" +
        "  store i8 %b, ptr %t\n  %n = add i64 %i, 1\n  br label %test\n" +
        "end:\n  ret ptr %to\n}\n";

    private const string Move =
        "define weak ptr @memmove(ptr %to, ptr %from, i64 %count) #0 \"no-builtins\" {\n" +
        "entry:\n  %a = ptrtoint ptr %to to i64\n  %b = ptrtoint ptr %from to i64\n  %d = sub i64 %a, %b\n  %up = icmp uge i64 %d, %count\n" +
        "  br i1 %up, label %upt, label %downt\n" +
        "upt:\n  %i = phi i64 [ 0, %entry ], [ %in, %upb ]\n  %um = icmp ult i64 %i, %count\n  br i1 %um, label %upb, label %end\n" +
        "upb:\n  %f = getelementptr i8, ptr %from, i64 %i\n  %v = load i8, ptr %f\n  %t = getelementptr i8, ptr %to, i64 %i\n" +
        "  store i8 %v, ptr %t\n  %in = add i64 %i, 1\n  br label %upt\n" +
        "downt:\n  %j = phi i64 [ %count, %entry ], [ %jn, %downb ]\n  %dm = icmp ne i64 %j, 0\n  br i1 %dm, label %downb, label %end\n" +
        "downb:\n  %jn = sub i64 %j, 1\n  %g = getelementptr i8, ptr %from, i64 %jn\n  %w = load i8, ptr %g\n" +
        "  %u = getelementptr i8, ptr %to, i64 %jn\n  store i8 %w, ptr %u\n  br label %downt\n" +
        "end:\n  ret ptr %to\n}\n";

    private const string Set =
        "define weak ptr @memset(ptr %to, i32 %value, i64 %count) #0 \"no-builtins\" {\n" +
        "entry:\n  %b = trunc i32 %value to i8\n  br label %test\n" +
        "test:\n  %i = phi i64 [ 0, %entry ], [ %n, %body ]\n  %more = icmp ult i64 %i, %count\n  br i1 %more, label %body, label %end\n" +
        "body:\n  %t = getelementptr i8, ptr %to, i64 %i\n  store i8 %b, ptr %t\n  %n = add i64 %i, 1\n  br label %test\n" +
        "end:\n  ret ptr %to\n}\n";

    private const string Compare =
        "define weak i32 @memcmp(ptr %a, ptr %b, i64 %count) #0 \"no-builtins\" {\n" +
        "entry:\n  br label %test\n" +
        "test:\n  %i = phi i64 [ 0, %entry ], [ %n, %next ]\n  %more = icmp ult i64 %i, %count\n  br i1 %more, label %body, label %same\n" +
        "body:\n  %pa = getelementptr i8, ptr %a, i64 %i\n  %va = load i8, ptr %pa\n  %pb = getelementptr i8, ptr %b, i64 %i\n" +
        "  %vb = load i8, ptr %pb\n  %eq = icmp eq i8 %va, %vb\n  br i1 %eq, label %next, label %differ\n" +
        "next:\n  %n = add i64 %i, 1\n  br label %test\n" +
        "differ:\n  %wa = zext i8 %va to i32\n  %wb = zext i8 %vb to i32\n  %d = sub i32 %wa, %wb\n  ret i32 %d\n" +
        "same:\n  ret i32 0\n}\n";

    public static void Write(StringBuilder output, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            output.Append(name switch
            {
                "memcpy" => Forward.Replace("NAME", "memcpy", System.StringComparison.Ordinal),
                "memmove" => Move,
                "memset" => Set,
                _ => Compare,
            });
        }
    }
}
