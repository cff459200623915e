using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Neptune.Benchmarks;

/// <summary>The same workloads in PyTorch, where python3 finds it.</summary>
internal static class PyTorchPeer
{
    /// <summary>Says why there are no numbers; null where there are or none were asked for.</summary>
    public static string? Missing { get; private set; }

    public static async Task<IReadOnlyList<Measurement>> RunAsync(
        Workload workload,
        int blocks,
        CancellationToken cancellation
    )
    {
        using var stream = typeof(PyTorchPeer).Assembly.GetManifestResourceStream("peer.py")!;
        using var reader = new StreamReader(stream);
        var start = new ProcessStartInfo("python3")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-",
                workload.Name.Split(' ')[0],
                workload.Rows.ToString(CultureInfo.InvariantCulture),
                workload.BlockSteps.ToString(CultureInfo.InvariantCulture),
                blocks.ToString(CultureInfo.InvariantCulture),
            },
        };
        // These would make OpenBLAS choose kernels of another processor.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        // torch.set_num_threads does not reach every library of matrix products.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        // The allocator keeps big blocks, as ours does (NativeAllocator).
        start.Environment["MALLOC_MMAP_MAX_"] = "0";
        start.Environment["MALLOC_ARENA_MAX"] = "1";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "2000000000";
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.StandardInput.WriteAsync(await reader.ReadToEndAsync(cancellation));
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
            {
                Missing = $"PyTorch was not measured: {(await errors).Trim().Split('\n')[^1]}";
                return [];
            }
            using var answer = JsonDocument.Parse(await output);
            var root = answer.RootElement;
            return
            [
                new(
                    workload.Name,
                    $"PyTorch {root.GetProperty("version").GetString()}",
                    root.GetProperty("median").GetDouble(),
                    root.GetProperty("best").GetDouble(),
                    root.GetProperty("cpu").GetDouble(),
                    root.GetProperty("loss").GetDouble()
                ),
            ];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Missing = "PyTorch was not measured: python3 was not found.";
            return [];
        }
    }
}
