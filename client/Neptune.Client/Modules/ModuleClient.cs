using System.Collections.Immutable;
using System.Text;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Client;

/// <summary>Users' modules that the cluster's nodes have.</summary>
public sealed class ModuleClient
{
    private readonly IGrainFactory _grains;
    private readonly NodeClient _nodes;

    internal ModuleClient(IGrainFactory grains, NodeClient nodes) => (_grains, _nodes) = (grains, nodes);

    /// <summary>The modules by name and version, each with the nodes that have it.</summary>
    public async Task<ImmutableArray<(NodeModule Module, ImmutableArray<NodeId> Nodes)>> ListAsync() =>
        [
            .. (await _nodes.ListAsync())
                .SelectMany(node => node.Modules.Select(module => (Module: module, node.Id)))
                .GroupBy(pair => pair.Module, pair => pair.Id)
                .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Version, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Sha256, StringComparer.Ordinal)
                .Select(group => (group.Key, group.ToImmutableArray())),
        ];

    /// <summary>
    /// A module's graph: a model by itself, or a layer by <see cref="Layers.Module"/>. A node makes the module and runs it to find
    /// its tensors and the shape it gives; its assembly need not be here.
    /// </summary>
    /// <param name="name">The name that it is registered by.</param>
    /// <param name="sample">The shape of its samples, without the batch.</param>
    /// <param name="version">Its version; null where nodes have only one.</param>
    /// <param name="settings">What its constructor is given, by name.</param>
    /// <exception cref="NotFoundException">No node has it; the message offers what they have.</exception>
    /// <exception cref="ConflictException">Nodes have several versions, or several assemblies of one.</exception>
    /// <exception cref="InvalidInputException">It cannot be made, run or trained; the message says what it did.</exception>
    public async Task<Graph> GetAsync(
        string name,
        Shape sample,
        string? version = null,
        IReadOnlyDictionary<string, string>? settings = null
    )
    {
        var (module, nodes) = Choose(await ListAsync(), name, version);
        var json = await _grains
            .GetGrain<IModuleGrain>($"{Guid.NewGuid():N}@{nodes[0]}")
            .DescribeAsync(
                new()
                {
                    Module = module,
                    Settings =
                        settings?.ToImmutableSortedDictionary() ?? ImmutableSortedDictionary<string, string>.Empty,
                    Sample = [.. sample.ToArray()],
                }
            );
        return GraphJson.ReadGraph(Encoding.UTF8.GetBytes(json));
    }

    private static (NodeModule Module, ImmutableArray<NodeId> Nodes) Choose(
        ImmutableArray<(NodeModule Module, ImmutableArray<NodeId> Nodes)> all,
        string name,
        string? version
    )
    {
        var named = all.Where(m => m.Module.Name == name).ToArray();
        if (named.Length == 0)
        {
            throw new NotFoundException(
                $"No node has a module {name}. "
                    + (
                        all.IsEmpty
                            ? "Start silos with its assembly (--modules)."
                            : NearestNames.Offer(name, all.Select(m => m.Module.Name).Distinct())
                    )
            );
        }
        var found = named.Where(m => version is null || m.Module.Version == version).ToArray();
        return found switch
        {
            [var only] => only,
            [] => throw new NotFoundException($"No node has module {name} {version}: {WhoHas(named)}."),
            _ => throw new ConflictException(
                $"Nodes have module {name} {version} in several forms: {WhoHas(found)}. "
                    + (
                        found.Select(m => m.Module.Version).Distinct().Count() > 1
                            ? "Say which version."
                            : "Start all silos with one assembly."
                    )
            ),
        };
    }

    private static string WhoHas(IEnumerable<(NodeModule Module, ImmutableArray<NodeId> Nodes)> modules) =>
        string.Join("; ", modules.Select(m => $"{m.Module} is on {string.Join(", ", m.Nodes)}"));
}
