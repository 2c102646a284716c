// Driver of the Arm generic timer (Arm ARM DDI 0487, D12): the physical timer CNTP from EL0, interrupt PPI 30. An sDDF timer driver.

using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Drivers.Timer;

/// <summary>Arm generic timer: the compare register is the alarm.</summary>
[Profile(Profile.Driver)]
public sealed class ArmGenericTimer : TimerDriver
{
    protected override ulong SetUp(ref readonly DeviceResources device)
    {
        GenericTimer.SetCompare(Never);
        GenericTimer.SetControl(GenericTimer.ControlEnable);
        return GenericTimer.Frequency();
    }

    protected override ulong ReadCount() => GenericTimer.Count();

    protected override void SetAlarm(ulong ticks) => GenericTimer.SetCompare(ticks);
}
