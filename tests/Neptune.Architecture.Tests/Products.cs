using System.Reflection;

namespace Neptune.Architecture.Tests;

/// <summary>The compiled products.</summary>
internal static class Products
{
    public static readonly Assembly Contracts = typeof(Contracts.JobId).Assembly;
    public static readonly Assembly ModelGraph = typeof(ModelGraph.Graph).Assembly;
    public static readonly Assembly Formats = typeof(Formats.IModelFormat).Assembly;
    public static readonly Assembly Planning = typeof(Planning.GenerationPlanner).Assembly;
    public static readonly Assembly Collectives = typeof(Collectives.ICollective).Assembly;
    public static readonly Assembly Data = typeof(Data.Dataset).Assembly;
    public static readonly Assembly Torch = typeof(Torch.TorchDevice).Assembly;
    public static readonly Assembly Worker = typeof(Worker.SiloNodes).Assembly;
    public static readonly Assembly Grains = Assembly.Load("Neptune.Grains");
    public static readonly Assembly Storage = typeof(Storage.DataFolder).Assembly;
    public static readonly Assembly Client = typeof(Client.NeptuneClient).Assembly;
    public static readonly Assembly Hosting = typeof(Hosting.LocalCluster).Assembly;
    public static readonly Assembly Silo = Assembly.Load("neptune-silo");
    public static readonly Assembly Cli = Assembly.Load("neptune");

    public static readonly Assembly[] All =
    [
        Contracts,
        ModelGraph,
        Formats,
        Planning,
        Collectives,
        Data,
        Torch,
        Worker,
        Grains,
        Storage,
        Client,
        Hosting,
        Silo,
        Cli,
    ];

    /// <summary>All types that people wrote.</summary>
    public static IEnumerable<Type> Types =>
        All.SelectMany(a => a.GetTypes())
            .Where(t => t.Namespace?.StartsWith("Neptune.", StringComparison.Ordinal) == true && !IsGenerated(t));

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal)
        || type.GetCustomAttribute<System.CodeDom.Compiler.GeneratedCodeAttribute>() is not null
        || type.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is not null;
}
