using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Who reads what in a net: blobs by name become values by number.</summary>
internal sealed class CaffeWiring
{
    private readonly List<string> _blobs = [];
    private readonly List<CaffeStep> _makers = [];
    private readonly ILookup<int, CaffeStep> _readers;

    /// <summary>Wires layers up, in their order.</summary>
    /// <param name="layers">The layers that belong to the net in its state.</param>
    /// <param name="all">With those that do not.</param>
    /// <exception cref="ModelFileException">A layer reads a blob that none before it makes, or makes one again.</exception>
    public CaffeWiring(ImmutableArray<CaffeLayer> layers, ImmutableArray<CaffeLayer> all)
    {
        var latest = new Dictionary<string, int>(StringComparer.Ordinal);
        var steps = ImmutableArray.CreateBuilder<CaffeStep>(layers.Length);
        foreach (var layer in layers)
        {
            var inputs = layer
                .Bottoms.Select(bottom =>
                    latest.TryGetValue(bottom, out var value)
                        ? value
                        : throw layer.Error(
                            $"it reads the blob {bottom}, which no layer before it makes. {Offer(bottom, all, latest.Keys)}"
                        )
                )
                .ToImmutableArray();
            var outputs = ImmutableArray.CreateBuilder<int>(layer.Tops.Length);
            for (var i = 0; i < layer.Tops.Length; i++)
            {
                var top = layer.Tops[i];
                var isInPlace = i < layer.Bottoms.Length && layer.Bottoms[i] == top;
                if (latest.ContainsKey(top) && !isInPlace)
                {
                    throw layer.Error($"it makes the blob {top}, which a layer before it makes too. Rename one.");
                }
                latest[top] = _blobs.Count;
                outputs.Add(_blobs.Count);
                _blobs.Add(top);
            }
            var step = new CaffeStep(layer, inputs, outputs.MoveToImmutable());
            steps.Add(step);
            _makers.AddRange(step.Outputs.Select(_ => step));
        }
        Steps = steps.MoveToImmutable();
        _readers = Steps
            .SelectMany(step => step.Inputs.Distinct().Select(input => (input, step)))
            .ToLookup(r => r.input, r => r.step);
    }

    // Layers of data often belong to a phase or a stage that a net is not imported in.
    private static string Offer(string blob, ImmutableArray<CaffeLayer> all, IEnumerable<string> made) =>
        all.FirstOrDefault(layer => layer.Tops.Contains(blob)) is { } other
            ? $"Layer {other.Name} makes it in other phases and stages, by its rules (include, exclude). Take them away, or import "
                + "the net's deploy.prototxt."
            : NearestNames.Offer(blob, made);

    /// <summary>The layers in their order.</summary>
    public ImmutableArray<CaffeStep> Steps { get; }

    /// <summary>The values that no layer reads.</summary>
    public IEnumerable<int> Unread => Enumerable.Range(0, _blobs.Count).Where(value => !_readers.Contains(value));

    /// <summary>The blob that a value is.</summary>
    public string BlobOf(int value) => _blobs[value];

    /// <summary>The layer that makes a value.</summary>
    public CaffeStep MakerOf(int value) => _makers[value];

    /// <summary>The layers that read a value.</summary>
    public IEnumerable<CaffeStep> ReadersOf(int value) => _readers[value];

    /// <summary>The layers on which values depend.</summary>
    public HashSet<CaffeStep> NeededFor(IEnumerable<int> values)
    {
        var needed = new HashSet<CaffeStep>(ReferenceEqualityComparer.Instance);
        var open = new Stack<int>(values);
        while (open.TryPop(out var value))
        {
            if (needed.Add(_makers[value]))
            {
                foreach (var input in _makers[value].Inputs)
                {
                    open.Push(input);
                }
            }
        }
        return needed;
    }
}
