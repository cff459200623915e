using System.Diagnostics;
using System.Globalization;
using Neptune.ModelGraph;

namespace Neptune.Benchmarks;

/// <summary>Writes dense layers as Keras does, by Python's h5py.</summary>
internal static class KerasWriter
{
    /// <summary>Writes a model.</summary>
    /// <param name="kind"><c>h5</c> or <c>keras</c>.</param>
    /// <param name="file">Receives it.</param>
    /// <param name="layers">All as wide as they are high.</param>
    /// <exception cref="NotSupportedException">There is no Python with h5py.</exception>
    public static void Write(string kind, Stream file, IReadOnlyList<(TensorValue Weight, TensorValue Bias)> layers)
    {
        var folder = Directory.CreateTempSubdirectory("neptune-bench-keras-").FullName;
        try
        {
            var (numbers, written) = (Path.Combine(folder, "numbers"), Path.Combine(folder, $"model.{kind}"));
            using (var stream = File.Create(numbers))
            {
                foreach (var (weight, bias) in layers)
                {
                    stream.Write(weight.Bytes.Span);
                    stream.Write(bias.Bytes.Span);
                }
            }
            var script = Path.Combine(folder, "keras.py");
            using (var stream = typeof(KerasWriter).Assembly.GetManifestResourceStream("keras.py")!)
            using (var target = File.Create(script))
            {
                stream.CopyTo(target);
            }
            var width = layers[0].Weight.Shape[0].Length.ToString(CultureInfo.InvariantCulture);
            Run(script, kind, written, numbers, width, layers.Count.ToString(CultureInfo.InvariantCulture));
            using var model = File.OpenRead(written);
            model.CopyTo(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Run(params string[] arguments)
    {
        var start = PythonProcess.Start(arguments);
        start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new NotSupportedException($"python3 with h5py is needed: {errors.Trim().Split('\n')[^1]}");
            }
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new NotSupportedException($"python3 with h5py is needed: {error.Message}", error);
        }
    }
}
