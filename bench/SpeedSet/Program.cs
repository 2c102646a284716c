// Under CoreCLR one program runs the kernel that its argument names; compiled by Pride each kernel's Main is a program.

using System;

namespace SpeedSet;

/// <summary>The entry under CoreCLR.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        Action? kernel = arguments is [var name]
            ? name switch
            {
                nameof(Sort) => Sort.Main,
                nameof(Dictionaries) => Dictionaries.Main,
                nameof(StringBuilding) => StringBuilding.Main,
                nameof(InterfaceCalls) => InterfaceCalls.Main,
                nameof(Crc) => Crc.Main,
                nameof(Sha256) => Sha256.Main,
                nameof(NBody) => NBody.Main,
                nameof(SpanSearch) => SpanSearch.Main,
                nameof(Linq) => Linq.Main,
                nameof(Json) => Json.Main,
                nameof(RegularExpressions) => RegularExpressions.Main,
                nameof(AsyncPingPong) => AsyncPingPong.Main,
                nameof(Churn) => Churn.Main,
                nameof(Matrix) => Matrix.Main,
                nameof(BigIntegers) => BigIntegers.Main,
                _ => null,
            }
            : null;
        if (kernel == null)
        {
            Console.Error.WriteLine("usage: SpeedSet KERNEL");
            return 2;
        }

        kernel();
        return 0;
    }
}
