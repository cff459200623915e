using System.Diagnostics;

namespace Neptune.Benchmarks;

/// <summary>python3 on equal terms: one thread, and an allocator that keeps big blocks, as ours does (NativeAllocator).</summary>
internal static class PythonProcess
{
    public static ProcessStartInfo Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("python3", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // These would make OpenBLAS choose kernels of another processor.
        start.Environment.Remove("OPENBLAS_CORETYPE");
        start.Environment.Remove("OPENBLAS_L2_SIZE");
        // torch.set_num_threads does not reach every library of matrix products.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        start.Environment["MALLOC_MMAP_MAX_"] = "0";
        start.Environment["MALLOC_ARENA_MAX"] = "1";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "2000000000";
        return start;
    }

    /// <summary>A script that is part of this program.</summary>
    public static async Task<string> ScriptAsync(string name, CancellationToken cancellation)
    {
        using var stream = typeof(PythonProcess).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellation);
    }
}
