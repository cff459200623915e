using System.Diagnostics;
using Neptune.Hosting;

namespace Neptune.Benchmarks;

/// <summary>This program as a child process, which talks to its parent in lines.</summary>
internal static class OwnProcess
{
    public static ProcessStartInfo Start(string command) =>
        new(OwnProgram.Command[0], [.. OwnProgram.Command.Skip(1), command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
}
