using System.Globalization;

namespace Neptune.Redis.Tests;

/// <summary>
/// The wall clocks of processes, each of which can be set while it runs, by libfaketime (Debian: <c>faketime</c>). The counters by
/// which a process measures how long something takes are left alone, as the kernel does where an administrator sets the time.
/// </summary>
internal sealed class FalseClocks : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-clocks-").FullName;

    private static string? Library =>
        Directory.Exists("/usr/lib")
            ? Directory
                .EnumerateDirectories("/usr/lib")
                .Select(folder => Path.Combine(folder, "faketime/libfaketimeMT.so.1"))
                .FirstOrDefault(File.Exists)
            : null;

    /// <summary>Skips the test, with the reason, where clocks cannot be set.</summary>
    public static void SkipWithout()
    {
        // Now and then a process ends with a segmentation fault while it starts with the library.
        var isWanted = Environment.GetEnvironmentVariable("NEPTUNE_TEST_CLOCKS") == "1";
        Assert.SkipUnless(isWanted, "libfaketime is not safe with .NET: set NEPTUNE_TEST_CLOCKS=1 to run.");
        Assert.SkipWhen(Library is null, "There is no libfaketime. Debian: apt-get install faketime.");
    }

    /// <summary>The environment variables of a process whose clock is right until it is set.</summary>
    public IReadOnlyDictionary<string, string> VariablesOf(string process)
    {
        if (!File.Exists(FileOf(process)))
        {
            Set(process, TimeSpan.Zero);
        }
        return new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Library!,
            ["FAKETIME_TIMESTAMP_FILE"] = FileOf(process),
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["NO_FAKE_STAT"] = "1",
        };
    }

    /// <summary>Sets the clock of a process this far from the right time, within a second.</summary>
    public void Set(string process, TimeSpan ahead)
    {
        // In one piece: the process may look at any moment.
        var next = FileOf(process) + ".next";
        File.WriteAllText(next, ahead.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
        File.Move(next, FileOf(process), overwrite: true);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string FileOf(string process) => Path.Combine(_folder, process);
}
