// Every wired field of every PD has its value.

using System.Collections.Generic;
using System.Reflection;

namespace Pride.Description.Checks;

internal static class WiringRules
{
    public static IEnumerable<Violation> Complete(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            foreach (FieldInfo field in pd.ComponentType is { } type ? WiredField.AllOf(type) : [])
            {
                if (pd.Wiring.ContainsKey(field.Name))
                {
                    continue;
                }

                bool configuration = WiredField.IsConfiguration(field);
                string name = $"{pd.Source.Name}.{field.Name}";
                yield return configuration
                    ? new("configuration-missing", $"PD '{pd.Name}': configuration {name} was never given", $"call Configure(p => p.{field.Name}, ...)")
                    : new("wiring-missing", $"PD '{pd.Name}': {name} ({field.FieldType.Name}) was never wired", Remedy(field));
            }
        }
    }

    private static string Remedy(FieldInfo field) => field.FieldType.Name switch
    {
        "Channel" => $"connect it: system.Connect(pd.End(p => p.{field.Name}), ...)",
        "Region" => $"map a region to it: pd.Map(region, p => p.{field.Name}, ...)",
        "Irq" => $"give it an interrupt: pd.Interrupt(p => p.{field.Name}, number)",
        "Child" => $"give it a child: pd.Child(p => p.{field.Name}, child)",
        _ => $"set it: pd.Set(p => p.{field.Name}, value)",
    };
}
