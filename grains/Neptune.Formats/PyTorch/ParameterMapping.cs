using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Puts the tensors of a PyTorch model onto the parameters of a graph: by name, else by order.</summary>
internal sealed class ParameterMapping
{
    // What wrappers of PyTorch put before every name: DataParallel, torch.compile, and Lightning's usual field.
    private static readonly ImmutableArray<string> WrapperPrefixes = ["module.", "_orig_mod.", "model."];

    // A batch normalization's parameters as Neptune and as PyTorch call them.
    private static readonly ImmutableArray<(string Ours, string Theirs)> Aliases =
    [
        (".gamma", ".weight"),
        (".beta", ".bias"),
    ];

    private static readonly ImmutableArray<string> Roles = ["weight", "bias", "running_mean", "running_var"];

    private readonly string _file;
    private readonly Graph _graph;
    private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();

    private ParameterMapping(string file, Graph graph) => (_file, _graph) = (file, graph);

    /// <summary>A value for every parameter of the graph, and what a user should know.</summary>
    /// <param name="file">What errors call the file.</param>
    /// <param name="tensors">What it holds.</param>
    /// <param name="ordered">True where the tensors stand in the order of the model's layers.</param>
    /// <param name="graph">The graph.</param>
    /// <exception cref="ModelFileException">They do not fit; the message lists all that do not.</exception>
    public static (ImmutableSortedDictionary<string, TensorValue> Weights, ImmutableArray<string> Notes) Map(
        string file,
        ImmutableArray<NamedTensor> tensors,
        bool ordered,
        Graph graph
    ) => new ParameterMapping(file, graph).Map(tensors, ordered);

    private (ImmutableSortedDictionary<string, TensorValue>, ImmutableArray<string>) Map(
        ImmutableArray<NamedTensor> tensors,
        bool ordered
    )
    {
        tensors = WithoutPrefixes(WithoutCounters(tensors));
        var byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var pairs = _graph.Parameters.Select(parameter => (parameter, tensor: Named(parameter, byName))).ToArray();
        var used = pairs.Select(pair => pair.tensor?.Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var missing = pairs.Where(pair => pair.tensor is null).Select(pair => pair.parameter.Name).ToArray();
        var unexpected = tensors.Select(tensor => tensor.Name).Where(name => !used.Contains(name)).ToArray();
        var misfits = pairs
            .Where(pair => pair.tensor is not null && !Fits(pair.parameter, pair.tensor))
            .Select(pair => Misfit(pair.parameter, pair.tensor!))
            .ToArray();
        if (missing.Length + unexpected.Length + misfits.Length > 0)
        {
            if (!ordered || !FitInOrder(tensors, byName))
            {
                throw Misfits(missing, unexpected, misfits, ordered);
            }
            pairs = [.. _graph.Parameters.Select((parameter, i) => (parameter, (NamedTensor?)tensors[i]))];
            _notes.Add(
                "The names differ, and number, order and shapes are the same: the tensors were taken in order: "
                    + $"{NameList.Of([.. pairs.Select(pair => $"{pair.tensor!.Name} as {pair.parameter.Name}")])}."
            );
        }
        var converted = pairs.Where(pair => pair.tensor!.Type != pair.parameter.Type).ToArray();
        if (converted.Length > 0)
        {
            _notes.Add(
                $"Converted to Float32: {NameList.Of([.. converted.Select(p => $"{p.tensor!.Name} ({p.tensor.Type})")])}."
            );
        }
        var weights = ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(StringComparer.Ordinal);
        foreach (var (parameter, tensor) in pairs)
        {
            var value = tensor!.Read();
            weights.Add(parameter.Name, value.Type == parameter.Type ? value : Float32Conversion.Of(value));
        }
        return (weights.ToImmutable(), _notes.ToImmutable());
    }

    // How many batches a normalization has seen counts only where its momentum is None.
    private ImmutableArray<NamedTensor> WithoutCounters(ImmutableArray<NamedTensor> tensors)
    {
        var known = _graph.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        var kept = tensors.Where(tensor => known.Contains(tensor.Name) || !IsCounter(tensor.Name)).ToImmutableArray();
        if (kept.Length < tensors.Length)
        {
            _notes.Add(
                $"{tensors.Length - kept.Length} counters num_batches_tracked were left out: they have no effect here."
            );
        }
        return kept;

        static bool IsCounter(string name) =>
            name == "num_batches_tracked" || name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);
    }

    private ImmutableArray<NamedTensor> WithoutPrefixes(ImmutableArray<NamedTensor> tensors)
    {
        while (
            WrapperPrefixes.FirstOrDefault(prefix =>
                !tensors.IsEmpty
                && tensors.All(tensor => Begins(tensor.Name, prefix) && tensor.Name.Length > prefix.Length)
                && !_graph.Parameters.Any(parameter => Begins(parameter.Name, prefix))
            )
                is { } common
        )
        {
            tensors = [.. tensors.Select(tensor => tensor with { Name = tensor.Name[common.Length..] })];
            _notes.Add($"The prefix {common} was taken off all names.");
        }
        return tensors;

        static bool Begins(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal);
    }

    private static NamedTensor? Named(Parameter parameter, Dictionary<string, NamedTensor> byName) =>
        byName.GetValueOrDefault(parameter.Name) ?? byName.GetValueOrDefault(TheirName(parameter.Name));

    private static string TheirName(string name)
    {
        foreach (var (ours, theirs) in Aliases)
        {
            if (name.EndsWith(ours, StringComparison.Ordinal))
            {
                return name[..^ours.Length] + theirs;
            }
        }
        return name;
    }

    // In order means one for one: shapes, roles where both names tell them, and no tensor whose name says otherwise.
    private bool FitInOrder(ImmutableArray<NamedTensor> tensors, Dictionary<string, NamedTensor> byName)
    {
        if (tensors.Length != _graph.Parameters.Length)
        {
            return false;
        }
        for (var i = 0; i < tensors.Length; i++)
        {
            var (parameter, tensor) = (_graph.Parameters[i], tensors[i]);
            var (ours, theirs) = (Role(TheirName(parameter.Name)), Role(tensor.Name));
            var named = Named(parameter, byName);
            if (
                !Fits(parameter, tensor)
                || (ours != theirs && Roles.Contains(ours) && Roles.Contains(theirs))
                || (named is not null && named.Name != tensor.Name)
            )
            {
                return false;
            }
        }
        return true;

        static string Role(string name) => name[(name.LastIndexOf('.') + 1)..];
    }

    private static bool Fits(Parameter parameter, NamedTensor tensor) =>
        parameter.Shape == tensor.Shape
        && (parameter.Type == tensor.Type || (parameter.Type == ElementType.Float32 && tensor.Type.IsFloating()));

    private static string Misfit(Parameter parameter, NamedTensor tensor) =>
        $"{parameter.Name} (in the file {tensor.Type} {tensor.Shape}, in the graph {parameter.Type} {parameter.Shape})";

    private ModelFileException Misfits(string[] missing, string[] unexpected, string[] misfits, bool ordered)
    {
        var parts = new List<string>();
        Add("Missing in the file", missing);
        Add("In the file, and not in the graph", unexpected);
        Add("Of another shape or type", misfits);
        var remedy = ordered
            ? "Give the layers the names that PyTorch's modules have, or build the same layers in the same order."
            : "The format keeps no order, so give the layers the names that PyTorch's modules have.";
        return new($"{_file} does not fit graph {_graph.Name}. {string.Join(" ", parts)} {remedy}");

        void Add(string what, string[] names)
        {
            if (names.Length > 0)
            {
                parts.Add($"{what}: {NameList.Of(names)}.");
            }
        }
    }
}
