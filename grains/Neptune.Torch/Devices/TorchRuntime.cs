using TorchSharp;

namespace Neptune.Torch;

/// <summary>Loads the native library once, with the process prepared for it.</summary>
internal static class TorchRuntime
{
    private static readonly Lazy<bool> Loaded = new(() =>
    {
        NativeAllocator.Tune();
        // Silences a warning per process about NNPACK, which newer processors lack support of.
        if (Environment.GetEnvironmentVariable("TORCH_CPP_LOG_LEVEL") is null)
        {
            NativeAllocator.SetNativeVariable("TORCH_CPP_LOG_LEVEL", "ERROR");
        }
        torch.InitializeDeviceType(DeviceType.CPU);
        return true;
    });

    /// <summary>Loads the library if this has not happened yet.</summary>
    public static void Load() => _ = Loaded.Value;
}
