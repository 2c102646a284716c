// The system: a supervisor, its nine children, and the answerer that none of them can disturb; all on the board's last core, since faults stay on a core.

using System.Text;
using Faults.Domains;
using Pride.Description;

namespace Faults.Description;

/// <summary>Describes the example.</summary>
public sealed class FaultsSystem : ISystemDescription
{
    private const int VictimPriority = 50;
    private const int SupervisorPriority = 100;
    private const int AnswererPriority = 150;
    private const int SpinnerPriority = 200;

    public void Describe(SystemBuilder system, Board board)
    {
        int core = board.Cores - 1;
        Pd<Supervisor> supervisor = system.Add<Supervisor>("supervisor", SupervisorPriority, core: core);
        Pd<Answerer> answerer = system.Add<Answerer>("answerer", AnswererPriority, passive: true, core: core);
        Mapping secret = answerer.Map(system.Region("secret", 4.KiB()), p => p.Secret, Permissions.ReadWrite);

        Pd<ReadKernel> first = AddVictim<ReadKernel>(system, supervisor, 0);
        supervisor.EntryPoint(p => p.EntryPoint, first);
        AddVictim<ReadOther>(system, supervisor, 1).Set(p => p.Secret, secret.Address);
        AddVictim<JumpToData>(system, supervisor, 2);
        Pd<WriteCode> writer = AddVictim<WriteCode>(system, supervisor, 3);
        writer.EntryPoint(p => p.OwnCode, writer);
        AddVictim<StackOverrun>(system, supervisor, 4);
        AddVictim<NullDereference>(system, supervisor, 5);
        AddVictim<WildCalls>(system, supervisor, 6);
        AddVictim<UnhandledException>(system, supervisor, 7);

        Pd<Spinner> spinner = system.Add<Spinner>(
            "spinner", SpinnerPriority, budgetMicroseconds: 1_000, periodMicroseconds: 10_000, core: core);
        supervisor.Child(spinner, Roles.Spinner);
        system.Connect(supervisor.End(id: Roles.Spinner), spinner.End(p => p.Supervisor));

        system.Connect(supervisor.End(p => p.Answerer, canNotify: false, canCall: true, id: Roles.Answerer), answerer.End(p => p.Supervisor));
    }

    private static Pd<T> AddVictim<T>(SystemBuilder system, Pd<Supervisor> supervisor, int role)
        where T : Victim, new()
    {
        Pd<T> victim = system.Add<T>(Encoding.UTF8.GetString(Roles.NameOf(role)), VictimPriority, core: supervisor.Options.Core);
        supervisor.Child(victim, role);
        system.Connect(supervisor.End(id: role), victim.End(p => p.Supervisor, canCall: true));
        return victim;
    }
}
