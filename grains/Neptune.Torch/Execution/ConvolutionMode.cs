using System.Runtime.InteropServices;

namespace Neptune.Torch;

/// <summary>
/// Switches libtorch between oneDNN's convolutions and its own, which unfold windows and multiply matrices. oneDNN's are
/// faster, and some are wrong, differently from run to run (see <see cref="Convolution"/>): Neptune's kernels pick
/// those that can be relied on, and users' code cannot be expected to. The switch is one for the process, and more than convolutions looks
/// at it: so operations that want it one way wait for those that want it the other way.
/// </summary>
internal static partial class ConvolutionMode
{
    private static readonly object Gate = new();
    private static readonly int[] Inside = new int[3];
    private static readonly int[] Waiting = new int[3];
    private static ConvolutionUse _mode = ConvolutionUse.Native; // as libtorch starts

    /// <summary>Waits until the switch is as wanted, and keeps it so until the scope is disposed. Scopes do not nest.</summary>
    public static Scope Enter(ConvolutionUse use)
    {
        if (use != ConvolutionUse.None)
        {
            lock (Gate)
            {
                var (own, other) = ((int)use, (int)OtherThan(use));
                Waiting[own]++;
                // Whoever comes later lets the others go first: neither side can keep the other out.
                while (Inside[other] > 0 || (Inside[own] > 0 && Waiting[other] > 0))
                {
                    Monitor.Wait(Gate);
                }
                Waiting[own]--;
                Inside[own]++;
                Switch(use);
            }
        }
        return new(use);
    }

    private static void Leave(ConvolutionUse use)
    {
        lock (Gate)
        {
            if (--Inside[(int)use] == 0)
            {
                Monitor.PulseAll(Gate);
            }
        }
    }

    private static ConvolutionUse OtherThan(ConvolutionUse use) =>
        use == ConvolutionUse.Native ? ConvolutionUse.Plain : ConvolutionUse.Native;

    private static void Switch(ConvolutionUse use)
    {
        if (_mode == use)
        {
            return;
        }
        // aten/src/ATen/Context.h; TorchSharp does not offer it. Other platforms than Linux name it otherwise, and keep oneDNN.
        if (OperatingSystem.IsLinux())
        {
            var context = GlobalContext();
            var native = (byte)(use == ConvolutionUse.Native ? 1 : 0);
            SetMkldnn(context, native);
            SetNnpack(context, native); // its choice depends on more of the processor than the numerics fingerprint says
        }
        _mode = use;
    }

    [LibraryImport("libtorch_cpu", EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport("libtorch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb")]
    private static partial void SetMkldnn(nint context, byte enabled);

    [LibraryImport("libtorch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    private static partial void SetNnpack(nint context, byte enabled);

    /// <summary>The time for which the switch stays.</summary>
    internal readonly struct Scope(ConvolutionUse use) : IDisposable
    {
        public void Dispose()
        {
            if (use != ConvolutionUse.None)
            {
                Leave(use);
            }
        }
    }
}
