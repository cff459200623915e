using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The parameters of a net that is translated, with their values and how each is trained.</summary>
internal sealed class CaffeParameters(CaffeWeights weights, GraphAssembler assembler, CaffeNames names, ulong seed)
{
    /// <summary>How many first weights are drawn at most: 800 MB of them.</summary>
    public const long MostDrawn = 200_000_000;

    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CaffeParam> _params = new(StringComparer.Ordinal);
    private readonly List<Parameter> _undrawn = [];
    private readonly ImmutableSortedDictionary<string, TensorValue>.Builder _values =
        ImmutableSortedDictionary.CreateBuilder<string, TensorValue>(StringComparer.Ordinal);
    private long _drawnCount;

    /// <summary>How each trained parameter is trained.</summary>
    public IReadOnlyDictionary<string, CaffeParam> Params => _params;

    /// <summary>Adds a layer's blob to the graph, or finds the one that it shares.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="index">The blob's number in the layer.</param>
    /// <param name="suffix">What it is called behind the layer's name.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="filler">How it is drawn; null for <paramref name="otherwise"/>.</param>
    /// <param name="otherwise">How it is drawn without a filler.</param>
    /// <returns>Its name in the graph.</returns>
    public string Add(
        CaffeLayer layer,
        int index,
        string suffix,
        Shape shape,
        CaffeMessage? filler,
        Initializer otherwise
    )
    {
        var param = index < layer.Params.Length ? layer.Params[index] : new();
        if (param.Name.Length > 0 && _shared.TryGetValue(param.Name, out var owner))
        {
            return Share(layer, param, owner, shape);
        }
        var found = weights.Find(layer, index, shape);
        var name = AddValue(layer, suffix, shape, found, filler, otherwise, trainable: true);
        _params.Add(name, param);
        if (param.Name.Length > 0)
        {
            _shared.Add(param.Name, name);
        }
        return name;
    }

    /// <summary>Adds statistics, which training moves and does not train.</summary>
    public string AddStatistic(CaffeLayer layer, string suffix, Shape shape, TensorValue? value, float first) =>
        AddValue(layer, suffix, shape, value, null, new Initializer.Constant(first), trainable: false);

    /// <summary>The values of all parameters; those that no file has are drawn.</summary>
    public ImmutableSortedDictionary<string, TensorValue> Values()
    {
        foreach (var parameter in _undrawn)
        {
            var values = new byte[parameter.Shape.ElementCount() * sizeof(float)];
            ParameterValues.Fill(parameter, seed, MemoryMarshal.Cast<byte, float>(values.AsSpan()));
            _values[parameter.Name] = new(ElementType.Float32, parameter.Shape, values);
        }
        _undrawn.Clear();
        return _values.ToImmutable();
    }

    private string AddValue(
        CaffeLayer layer,
        string suffix,
        Shape shape,
        TensorValue? found,
        CaffeMessage? filler,
        Initializer otherwise,
        bool trainable
    )
    {
        var isDrawn = found is null && weights.Draws(layer.Name);
        if (isDrawn)
        {
            _drawnCount = checked(_drawnCount + shape.ElementCount());
            if (_drawnCount > MostDrawn)
            {
                throw layer.Error(
                    $"its {suffix} has shape {shape}, which makes {_drawnCount:N0} weights in all that must be drawn. "
                        + $"At most {MostDrawn:N0} are. Give a file of weights."
                );
            }
            found = filler is null ? null : CaffeFillers.Bilinear(filler, shape);
        }
        var parameter = new Parameter
        {
            Name = names.Value($"{layer.Name}.{suffix}"),
            Shape = shape,
            Initializer = InitializerOf(filler, shape, isDrawn) ?? otherwise,
            Trainable = trainable,
        };
        assembler.AddParameter(parameter);
        if (found is null)
        {
            _undrawn.Add(parameter);
        }
        else
        {
            _values.Add(parameter.Name, found);
        }
        return parameter.Name;
    }

    // Where there are weights, a filler that is not known does not matter.
    private static Initializer? InitializerOf(CaffeMessage? filler, Shape shape, bool isDrawn)
    {
        try
        {
            return filler is null ? null : CaffeFillers.Of(filler, shape);
        }
        catch (CaffeRefusedException) when (!isDrawn)
        {
            return null;
        }
    }

    private string Share(CaffeLayer layer, CaffeParam param, string owner, Shape shape)
    {
        var made = assembler.TypeOf(owner)!.Value.Shape;
        if (made != shape)
        {
            throw param.IsPermissive
                ? new CaffeRefusedException($"it shares {owner} of shape {made} as {shape} (share_mode PERMISSIVE)")
                : layer.Error(
                    $"it shares {owner}, which has shape {made}, and needs {shape}. Share among equal layers."
                );
        }
        var first = _params[owner];
        var differs =
            (param.Rate is { } rate && first.Rate is { } firstRate && rate != firstRate)
            || (param.Decay is { } decay && first.Decay is { } firstDecay && decay != firstDecay);
        if (differs)
        {
            throw layer.Error($"it shares {owner} with another lr_mult or decay_mult. Give both layers the same.");
        }
        _params[owner] = first with { Rate = first.Rate ?? param.Rate, Decay = first.Decay ?? param.Decay };
        return owner;
    }
}
