using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// What the bits of a result depend on besides model and data. Devices of equal fingerprints give equal bits; a job runs
/// on nodes of one fingerprint.
/// </summary>
/// <param name="Text">For people: device kind, threads, instruction set, library versions, and the probe's hash.</param>
/// <param name="Sha256">The SHA-256 of the text, in lower-case hex: for comparing.</param>
public sealed record NumericsFingerprint(string Text, string Sha256)
{
    /// <summary>The text.</summary>
    public override string ToString() => Text;

    /// <summary>Takes the fingerprint of a device, on its thread.</summary>
    internal static NumericsFingerprint Take(TorchDevice device)
    {
        var text =
            $"{(device.IsCpu ? "cpu" : "cuda")}; threads {device.Threads}; {InstructionSet()}; "
            + $"TorchSharp {Version(typeof(torch).Assembly)}; libtorch {LibTorchSize()}; probe {Probe(device)[..16]}";
        return new(text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    private static string InstructionSet()
    {
        // libtorch picks its kernels by the processor, unless this variable says otherwise.
        var forced = Environment.GetEnvironmentVariable("ATEN_CPU_CAPABILITY");
        var found =
            Avx512F.IsSupported ? "avx512"
            : Avx2.IsSupported ? "avx2"
            : AdvSimd.IsSupported ? "neon"
            : "baseline";
        if (PortableNumerics.IsActive)
        {
            return $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()} portable";
        }
        return $"{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()} {forced ?? found}";
    }

    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? assembly.GetName().Version?.ToString()
        ?? "unknown";

    /// <summary>The library does not tell its version; the size of its file is one's own for each build.</summary>
    private static string LibTorchSize()
    {
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
        {
            var file = Path.GetFileNameWithoutExtension(module.FileName);
            if (file is "libtorch_cpu" or "torch_cpu")
            {
                return $"{new FileInfo(module.FileName).Length} bytes";
            }
        }
        return "unknown";
    }

    /// <summary>Products, a convolution, exponentials, random bits, forward and backward, and the hash of all of them.</summary>
    private static string Probe(TorchDevice device)
    {
        using var scope = torch.NewDisposeScope();
        using var convolutions = ConvolutionMode.Enter(device.IsCpu ? ConvolutionUse.Native : ConvolutionUse.None);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new KeyedRandom(KeyedRandom.Key(1, "fingerprint"));
        torch.Tensor Draw(params long[] shape)
        {
            // Native memory, which is aligned: kernels may round otherwise on memory that is not, such as an array's.
            var drawn = torch.empty(shape);
            foreach (ref var value in TensorMemory.Floats(drawn))
            {
                value = (float)((random.NextDouble() * 2) - 1);
            }
            return drawn.to(device.Native).detach().requires_grad_(true);
        }
        void Append(torch.Tensor tensor) => hash.AppendData(tensor.detach().cpu().contiguous().bytes);

        // A convolution that can be relied on (see Convolution.IsReliable): others differ from run to run.
        var image = Draw(3, 16, 9, 8);
        var filters = Draw(32, 16, 3, 3);
        var weight = Draw(32 * 7 * 6, 37);
        var convolved = torch.nn.functional.conv2d(TensorMemory.WithChannelsLast(image), filters);
        var features = torch.nn.functional.relu(convolved);
        var hidden = torch.mm(features.flatten(1), weight);
        var output = torch
            .nn.functional.log_softmax(hidden, 1)
            .add(torch.sigmoid(hidden), Scalars.One)
            .add(torch.tanh(hidden), Scalars.One);
        output.exp().sum().backward();
        Append(output);
        Append(image.grad!);
        Append(filters.grad!);
        Append(weight.grad!);
        using var generator = new torch.Generator(0, device.Native);
        generator.manual_seed(7);
        Append(torch.empty(1000, device: device.Native).bernoulli_(0.5, generator));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
