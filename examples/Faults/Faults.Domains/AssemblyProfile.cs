// Every PD of this example is a driver (no collected heap), unless its class says otherwise.

using Pride.Machine;

[assembly: Profile(Profile.Driver)]
