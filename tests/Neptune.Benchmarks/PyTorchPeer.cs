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
        var script = await PythonProcess.ScriptAsync("peer.py", cancellation);
        var start = PythonProcess.Start(
            "-",
            workload.Name.Split(' ')[0],
            workload.Rows.ToString(CultureInfo.InvariantCulture),
            workload.BlockSteps.ToString(CultureInfo.InvariantCulture),
            blocks.ToString(CultureInfo.InvariantCulture)
        );
        start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.StandardInput.WriteAsync(script);
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
