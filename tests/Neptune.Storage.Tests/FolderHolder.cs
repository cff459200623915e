using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Neptune.Storage.Tests;

/// <summary>This test program again, as a second process that opens a data folder and holds it until it is told to end.</summary>
internal sealed class FolderHolder : IDisposable
{
    private const string Variable = "NEPTUNE_TEST_HOLD_FOLDER";
    private readonly Process _process;

    public FolderHolder(string folder)
    {
        var program = Environment.ProcessPath!;
        var isDotnet = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, isDotnet ? [typeof(FolderHolder).Assembly.Location] : [])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment[Variable] = folder;
        _process = Process.Start(start)!;
        Answer = _process.StandardOutput.ReadLine();
    }

    public int ProcessId => _process.Id;

    /// <summary>What the process said once it had tried.</summary>
    public string? Answer { get; }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Runs before the test program's main method, and takes its place in the second process.</summary>
    [ModuleInitializer]
    internal static void HoldWhereAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } folder)
            return;
        try
        {
            using var held = DataFolder.Open(folder);
            Console.WriteLine("held");
            Console.In.ReadToEnd();
        }
        catch (StorageException e)
        {
            Console.WriteLine(e.Message);
        }
        Environment.Exit(0);
    }
}
