// The 16550 UART (National Semiconductor PC16550D) on which the kernel says what is wrong, from the first C# on; its driver takes it over.

using Pride.Kernel.Objects;

namespace Pride.Kernel.X64;

/// <summary>The console by polling.</summary>
internal static unsafe class EarlyConsole
{
    private const uint Data = 0;
    private const uint InterruptEnable = 1;
    private const uint FifoControl = 2;
    private const uint LineControl = 3;
    private const uint LineStatus = 5;
    private const uint TransmitEmpty = 1 << 5;
    private const int PollLimit = 1_000_000;

    // 8 data bits, no parity, 1 stop bit; the bit that puts the divisor into the first two registers; 115,200 bits per second, the divisor of which is 1.
    private const uint EightBits = 3;
    private const uint DivisorAccess = 1 << 7;
    private const uint Divisor = 1;
    private const uint FifoOn = 1;

    /// <summary>Sets speed and format: firmware that does not use the line leaves it as it was at reset.</summary>
    public static void Initialise(BootInfo* boot)
    {
        uint port = (uint)boot->ConsoleUart;
        if (port == 0)
        {
            return;
        }

        X64Instructions.WritePort8(port + InterruptEnable, 0);
        X64Instructions.WritePort8(port + LineControl, DivisorAccess);
        X64Instructions.WritePort8(port + Data, Divisor);
        X64Instructions.WritePort8(port + InterruptEnable, 0);
        X64Instructions.WritePort8(port + LineControl, EightBits);
        X64Instructions.WritePort8(port + FifoControl, FifoOn);
    }

    /// <summary>Sends a byte once there is room, or a line without a device takes it.</summary>
    public static void PutChar(BootInfo* boot, byte value)
    {
        uint port = (uint)boot->ConsoleUart;
        if (port == 0)
        {
            return;
        }

        for (int i = 0; i < PollLimit && (X64Instructions.ReadPort8(port + LineStatus) & TransmitEmpty) == 0; i++)
        {
        }

        X64Instructions.WritePort8(port + Data, value);
    }
}
