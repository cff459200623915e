using Microsoft.Extensions.Logging;
using Neptune.Storage;
using Neptune.Torch;

namespace Neptune.Hosting;

/// <summary>How the embedded cluster runs.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>
    /// Where jobs, data and packages are kept; null takes <c>NEPTUNE_DATA_DIR</c>, else a folder of the user.
    /// </summary>
    public string? DataDirectory { get; init; }

    /// <summary>The folder that is taken where none is given.</summary>
    public static string DefaultDataDirectory => DataFolder.DefaultPath;

    /// <summary>How many nodes (CPU devices) the process has, where <see cref="Devices"/> does not say.</summary>
    public int Nodes { get; init; } = 2;

    /// <summary>The nodes: <c>cpu:0</c>, <c>cpu:1</c>, <c>cuda:0</c>; null takes as many CPU devices as <see cref="Nodes"/>.</summary>
    public IReadOnlyList<string>? Devices { get; init; }

    /// <summary>Threads of one operation on a node. Bits depend on it, so leave it as it is unless you must.</summary>
    public int ThreadsPerNode { get; init; } = 1;

    /// <summary>The users' modules that the nodes can run.</summary>
    public ModuleCatalog Modules { get; init; } = ModuleCatalog.Empty;

    /// <summary>Assemblies of users' modules, which it can run besides.</summary>
    public IReadOnlyList<string> ModuleFiles { get; init; } = [];

    /// <summary>True computes in a way that gives the same bits on CPUs of other kinds.</summary>
    public bool PortableNumerics { get; init; }

    /// <summary>
    /// Faults that its nodes are made to have, to try out what notices them, such as <c>weights@120=cpu:0</c>; null takes
    /// <c>NEPTUNE_FAULTS</c>.
    /// </summary>
    public string? Faults { get; init; }

    /// <summary>Sets up logging; null logs warnings and errors to standard error.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
