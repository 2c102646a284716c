// ioport: x86 I/O ports of a PD.

namespace Pride.Description.Sdf;

internal static class IoPortElement
{
    public static IoPort Read(SdfElement element)
    {
        element.Expect(["id", "addr", "size", "setvar_id", "setvar_addr"], []);
        return new IoPort(element.RequiredId("id"), element.RequiredNumber("addr"), element.RequiredNumber("size"))
        {
            IdVariable = element.Symbol("setvar_id"),
            AddressVariable = element.Symbol("setvar_addr"),
            Origin = element.Origin,
        };
    }
}
