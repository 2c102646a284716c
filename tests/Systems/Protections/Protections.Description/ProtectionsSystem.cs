// PDs of a PC that try what the CPU itself must refuse, each on its own.

using Pride.Description;
using Protections.Domains;

namespace Protections.Description;

/// <summary>Describes the system.</summary>
public sealed class ProtectionsSystem : ISystemDescription
{
    public void Describe(SystemBuilder system, Board board)
    {
        system.Add<TableReader>("table_reader", priority: 100);
        system.Add<PortReader>("port_reader", priority: 90);
        system.Add<InterruptMasker>("interrupt_masker", priority: 80);
    }
}
