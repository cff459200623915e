using System.CommandLine;
using Neptune.Hosting;
using Neptune.Storage;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune silo</c>: what <c>neptune up</c> starts; people run <c>neptune-silo</c>, which has all options.</summary>
internal static class SiloCommand
{
    private static readonly Option<string> Name = new("--name") { Required = true, HelpName = "NAME" };

    public static Command Create()
    {
        var command = new Command("silo", "One silo of a cluster that `neptune up` starts.")
        {
            Name,
            SiloOptions.Nodes,
            SiloOptions.ThreadsPerNode,
            SiloOptions.PortableNumerics,
            SiloOptions.Modules,
        };
        command.Hidden = true;
        return command.Runs(RunAsync);
    }

    /// <summary>The arguments for a silo with a name and the options of this session.</summary>
    public static IReadOnlyList<string> Arguments(Session session, string name, string folder) =>
        [
            "silo",
            Name.Name,
            name,
            SiloOptions.Nodes.Name,
            $"{session.Get(SiloOptions.Nodes)}",
            SiloOptions.ThreadsPerNode.Name,
            $"{session.Get(SiloOptions.ThreadsPerNode)}",
            .. session.Get(SiloOptions.PortableNumerics) ? [SiloOptions.PortableNumerics.Name] : Array.Empty<string>(),
            .. session
                .Get(SiloOptions.Modules)!
                .SelectMany(file => new[] { SiloOptions.Modules.Name, Path.GetFullPath(file) }),
            GlobalOptions.DataDirectory.Name,
            folder,
        ];

    private static async Task RunAsync(Session session, CancellationToken cancellation)
    {
        if (session.Get(SiloOptions.PortableNumerics))
        {
            PortableProcess.Enter();
        }
        ProcessIdentity.LeaveTerminal();
        var redis =
            Environment.GetEnvironmentVariable(SiloOptions.RedisVariable)
            ?? throw new UsageException($"There is no {SiloOptions.RedisVariable}. Start a cluster by `neptune up`.");
        var options = new ClusterSiloOptions
        {
            Redis = RedisAddress.Parse(redis),
            Name = session.Get(Name),
            Devices = SiloNames.CpuDevices(session.Get(SiloOptions.Nodes)),
            ThreadsPerNode = session.Get(SiloOptions.ThreadsPerNode),
            PortableNumerics = session.Get(SiloOptions.PortableNumerics),
            ModuleFiles = session.Get(SiloOptions.Modules)!,
            DataDirectory = session.Get(GlobalOptions.DataDirectory),
        };
        await using var silo = await ClusterSilo.StartAsync(options, cancellation);
        session.Output.Line($"{options.Name} answers at {silo.Gateway}");
        try
        {
            await silo.ServeAsync(cancellation);
        }
        catch (HostingException error)
        {
            Environment.Exit(ErrorReport.Write(session.Output, error, verbose: false));
        }
    }
}
