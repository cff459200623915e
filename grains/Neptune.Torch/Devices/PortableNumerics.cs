using System.Collections.Immutable;

namespace Neptune.Torch;

/// <summary>
/// The instruction mode in which unlike x86-64 processors agree: libtorch's baseline kernels, MKL's compatible code path,
/// oneDNN and .NET without AVX. Slower; nodes that run in it are of one numerics fingerprint. All of it is read when a
/// process starts, so it must be in the environment by then.
/// </summary>
public static class PortableNumerics
{
    /// <summary>What the environment of a process must hold.</summary>
    public static ImmutableDictionary<string, string> Variables { get; } =
        new Dictionary<string, string>
        {
            ["ATEN_CPU_CAPABILITY"] = "default",
            ["MKL_CBWR"] = "COMPATIBLE",
            ["ONEDNN_MAX_CPU_ISA"] = "SSE41",
            ["DOTNET_EnableAVX"] = "0",
            ["GLIBC_TUNABLES"] = "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F",
        }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>True where this process runs in the mode.</summary>
    public static bool IsActive =>
        Variables.All(v => Environment.GetEnvironmentVariable(v.Key) is { } value && value == v.Value);
}
