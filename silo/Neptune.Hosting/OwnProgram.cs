namespace Neptune.Hosting;

/// <summary>The program that this process runs.</summary>
public static class OwnProgram
{
    /// <summary>The beginning of a command line that runs it again; arguments follow.</summary>
    public static IReadOnlyList<string> Command
    {
        get
        {
            // Started by `dotnet program.dll`, the process's own path is dotnet's.
            var program = Environment.ProcessPath!;
            return Path.GetFileNameWithoutExtension(program) == "dotnet"
                ? [program, Environment.GetCommandLineArgs()[0]]
                : [program];
        }
    }
}
