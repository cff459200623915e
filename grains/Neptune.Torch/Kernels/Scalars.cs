using System.Collections.Concurrent;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Numbers as libtorch takes them, kept for good. TorchSharp makes a new one wherever a number stands beside a tensor, and lets
/// go of it before libtorch has read it: a garbage collection at that moment frees what is yet to be read.
/// </summary>
internal static class Scalars
{
    private static readonly ConcurrentDictionary<double, Scalar> Reals = new();
    private static readonly ConcurrentDictionary<long, Scalar> Wholes = new();

    /// <summary>One: what TorchSharp multiplies the second of two tensors by that are added.</summary>
    public static Scalar One { get; } = Of(1);

    /// <summary>A real number of 64 bits.</summary>
    public static Scalar Of(double value) => Reals.GetOrAdd(value, v => v.ToScalar());

    /// <summary>A whole number of 64 bits.</summary>
    public static Scalar Of(long value) => Wholes.GetOrAdd(value, v => v.ToScalar());
}
