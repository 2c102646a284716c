// Makes a disk that a PC starts from: an EFI system partition with the image as the program that firmware looks for (UEFI specification 2.10, 3.5.1.1).

using System.IO;
using Pride.Tool.Building;

namespace Pride.Tool.Emulation;

/// <summary>Disks with an EFI system partition.</summary>
public static class BootDisk
{
    /// <summary>UEFI 2.10, 5.2.2: the type of an EFI system partition in a partition table of the old kind.</summary>
    private const byte TypeEfiSystem = 0xEF;

    /// <summary>Writes a disk that starts <paramref name="image"/> to <paramref name="path"/>.</summary>
    /// <exception cref="ToolException">Images for the board do not start from EFI.</exception>
    public static void Create(string path, SystemImage image)
    {
        byte[] program = image.Image.EfiBytes ?? throw new ToolException(
            ExitCodes.Usage, $"board '{image.Board.Name}' does not start from a disk", "choose an x86-64 board, or leave --disk-image out");
        string folder = Path.Combine(image.Folder, "esp");
        string boot = Path.Combine(folder, "EFI", "BOOT");
        Directory.CreateDirectory(boot);
        File.WriteAllBytes(Path.Combine(boot, "BOOTX64.EFI"), program);
        DiskImage.Create(path, folder, 0, TypeEfiSystem);
    }
}
