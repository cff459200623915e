using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// libtorch's own generator, from which users' code draws. There is one for the process, and several devices compute in it: each
/// use seeds it and has it for itself, so what is drawn depends on the key alone.
/// </summary>
internal static class DefaultGenerator
{
    private static readonly Lock Gate = new();

    /// <summary>Runs a function that may draw.</summary>
    /// <param name="key">What is drawn depends on.</param>
    /// <param name="device">The device that computes.</param>
    /// <param name="function">It must not wait for another thread that draws.</param>
    public static T Seeded<T>(ulong key, TorchDevice device, Func<T> function)
    {
        lock (Gate)
        {
            if (device.IsCpu)
            {
                torch.Generator.Default.manual_seed(unchecked((long)key));
            }
            else
            {
                torch.random.manual_seed(unchecked((long)key)); // those of GPUs as well
            }
            return function();
        }
    }
}
