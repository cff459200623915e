using System.Diagnostics;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>How fast a device multiplies matrices: for people, and for cuts by speed.</summary>
internal static class SpeedProbe
{
    private const int Length = 256;
    private const int Products = 8;
    private const int Rounds = 3;

    /// <summary>The best of a few rounds, in 10^9 floating-point operations per second; on the device's thread.</summary>
    public static double MeasureGflops(TorchDevice device)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var a = torch.ones([Length, Length], device: device.Native);
        var best = 0.0;
        for (var round = 0; round <= Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            torch.Tensor? product = null;
            for (var i = 0; i < Products; i++)
            {
                product = torch.mm(a, a);
            }
            _ = product!.cpu(); // a GPU answers when it is done
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (round > 0) // the first one warms up
            {
                best = Math.Max(best, 2.0 * Length * Length * Length * Products / seconds / 1e9);
            }
        }
        return best;
    }
}
