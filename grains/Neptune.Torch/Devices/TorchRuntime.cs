using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>Loads the native library once, with the process prepared for it.</summary>
internal static class TorchRuntime
{
    private const string ConvolutionInstructions = "ONEDNN_MAX_CPU_ISA";
    private const string LogLevel = "TORCH_CPP_LOG_LEVEL";

    private static readonly Lazy<bool> Loaded = new(() =>
    {
        NativeAllocator.Tune();
        LimitConvolutions();
        torch.InitializeDeviceType(DeviceType.CPU);
        QuietLog();
        return true;
    });

    /// <summary>Loads the library if this has not happened yet.</summary>
    public static void Load() => _ = Loaded.Value;

    // With AVX-512, oneDNN 3.7.1 was measured to compute some convolutions wrongly, differently from run to run, and to
    // write past their memory: a test suite crashed or saw unequal bits in one run of seven. With AVX2 none did.
    private static void LimitConvolutions()
    {
        if (Environment.GetEnvironmentVariable(ConvolutionInstructions) is null)
        {
            NativeAllocator.SetNativeVariable(ConvolutionInstructions, "AVX2");
        }
    }

    // libtorch warns at each small convolution that the processor is none of NNPACK's. Its log level comes from the
    // variable, but only programs of Python's call the function that reads it: c10::initLogging().
    private static unsafe void QuietLog()
    {
        if (Environment.GetEnvironmentVariable(LogLevel) is null)
        {
            NativeAllocator.SetNativeVariable(LogLevel, "ERROR");
        }
        using var process = Process.GetCurrentProcess();
        var library = process
            .Modules.Cast<ProcessModule>()
            .Select(module => module.FileName)
            .FirstOrDefault(file => Path.GetFileName(file) == "libc10.so");
        if (
            library is not null
            && NativeLibrary.TryLoad(library, out var handle)
            && NativeLibrary.TryGetExport(handle, "_ZN3c1011initLoggingEv", out var initialize)
        )
        {
            ((delegate* unmanaged<void>)initialize)();
        }
    }
}
