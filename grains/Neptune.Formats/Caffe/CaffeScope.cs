using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A layer's view of the translation: its settings, what it reads, and what it adds to the graph.</summary>
internal sealed class CaffeScope(CaffeTranslation translation, CaffeStep step, CaffeLayerDefinition definition)
{
    private int _blobs;

    /// <summary>The layer.</summary>
    public CaffeLayer Layer => step.Layer;

    /// <summary>The type's settings; all defaults where the layer gives none.</summary>
    public CaffeMessage Settings { get; } =
        definition.Message.Length == 0
            ? new(new("no settings", []), step.Layer.Message.Place)
            : SettingsOf(step.Layer, definition.Message);

    /// <summary>How many blobs the layer reads.</summary>
    public int Bottoms => step.Inputs.Length;

    /// <summary>How many it makes.</summary>
    public int Tops => step.Outputs.Length;

    /// <summary>True in a net that trains.</summary>
    public bool IsTraining => translation.IsTraining;

    /// <summary>The first length in the file, which is a batch of any size now; null where it is kept.</summary>
    public long? FreedBatch => translation.FreedBatch;

    /// <summary>The layers of all phases that bear this one's name.</summary>
    public IEnumerable<CaffeLayer> Namesakes => translation.LayersOf(Layer.Name);

    /// <summary>The name in the graph of what it reads.</summary>
    public string Input(int bottom = 0) => translation.ValueOf(step.Inputs[bottom]);

    /// <summary>The shape of what it reads.</summary>
    public Shape ShapeOf(int bottom = 0) => ShapeOf(Input(bottom));

    /// <summary>The shape of a value in the graph.</summary>
    public Shape ShapeOf(string value) => translation.Assembler.TypeOf(value)!.Value.Shape;

    /// <summary>True for a value that is read or given.</summary>
    public bool IsWanted(int top) => translation.IsWanted(step.Outputs[top]);

    /// <summary>An axis from 0, of a setting that may count from the end.</summary>
    public int Axis(string setting, int rank)
    {
        var axis = Settings.Whole(setting);
        return axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw Error(
                $"{setting} is {axis}, and its input has {rank} dimensions. Pick one from {-rank} to {rank - 1}."
            );
    }

    /// <summary>A length of a shape that must be known.</summary>
    public long Length(Shape shape, int axis) =>
        shape[axis].IsFixed
            ? shape[axis].Length
            : throw new CaffeRefusedException(
                $"it needs the length of axis {axis} of its input {shape}, which is not fixed"
            );

    /// <summary>Throws unless what it reads is (N, C, H, W).</summary>
    public Shape Image(int bottom = 0) =>
        ShapeOf(bottom) is { Rank: 4 } shape
            ? shape
            : throw new CaffeRefusedException(
                $"its input has shape {ShapeOf(bottom)}; only images (N, C, H, W) are known"
            );

    /// <summary>Adds an operation within the layer.</summary>
    /// <returns>The value that it makes.</returns>
    public string Append(
        string suffix,
        string type,
        ImmutableArray<string> inputs,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    )
    {
        var name = translation.Names.Value($"{Layer.Name}.{suffix}");
        translation.Append(translation.Names.Operation($"{Layer.Name}.{suffix}"), type, inputs, [name], attributes);
        return name;
    }

    /// <summary>Adds the operation that makes the layer's top.</summary>
    public void Finish(
        string type,
        ImmutableArray<string> inputs,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    ) => FinishTop(0, type, inputs, attributes);

    /// <summary>Adds the operation that makes one of the layer's tops.</summary>
    public void FinishTop(
        int top,
        string type,
        ImmutableArray<string> inputs,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    )
    {
        var stem = Tops == 1 ? Layer.Name : $"{Layer.Name}.{Layer.Tops[top]}";
        translation.Append(translation.Names.Operation(stem), type, inputs, [translation.Name(step, top)], attributes);
    }

    /// <summary>Adds the operation that makes all the layer's tops.</summary>
    public void FinishAll(
        string type,
        ImmutableArray<string> inputs,
        params ReadOnlySpan<(string, AttributeValue)> attributes
    ) =>
        translation.Append(
            translation.Names.Operation(Layer.Name),
            type,
            inputs,
            [.. Enumerable.Range(0, Tops).Select(top => translation.Name(step, top))],
            attributes
        );

    /// <summary>A top is a value that is there already.</summary>
    public void Alias(int top, string value) => translation.Alias(step.Outputs[top], value);

    /// <summary>A single number.</summary>
    public string Number(string suffix, float number) => Constant(suffix, TensorValue.Of(Shape.Scalar, [number]));

    /// <summary>Whole numbers.</summary>
    public string Numbers(string suffix, params long[] numbers) =>
        Constant(
            suffix,
            new(ElementType.Int64, Shape.Of(numbers.Length), MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray())
        );

    /// <summary>A vector of equal numbers, of which one is made for all layers.</summary>
    public string Vector(long length, float number)
    {
        return translation.Once(
            $"{number}x{length}",
            // Its length is a setting of the file, which may be any: elements are made when the graph runs.
            () =>
                Append(
                    "constant",
                    "ConstantOfShape",
                    [Numbers("length", length)],
                    ("type", "Float32"),
                    ("shape", (long[])[1]),
                    ("value", Convert.ToBase64String(BitConverter.GetBytes(number)))
                )
        );
    }

    /// <summary>The next of the layer's own blobs, as a parameter called after the layer.</summary>
    /// <param name="suffix">What it is called behind the layer's name.</param>
    /// <param name="shape">Its shape; all lengths are known.</param>
    /// <param name="filler">The setting that says how it is drawn.</param>
    /// <param name="otherwise">How it is drawn without.</param>
    public string Parameter(string suffix, Shape shape, string filler, Initializer? otherwise = null)
    {
        if (!shape.IsFixed)
        {
            throw new CaffeRefusedException($"its {suffix} would have shape {shape}, which the batch decides");
        }
        var settings = otherwise is null || Settings.Has(filler) ? Settings.Message(filler) : null;
        return translation.Parameters.Add(Layer, _blobs++, suffix, shape, settings, otherwise ?? Initializer.Zeros);
    }

    /// <summary>The next of the layer's own blobs, of statistics; null where there is none.</summary>
    public TensorValue? Statistic(Shape shape) => translation.Weights.Find(Layer, _blobs++, shape);

    /// <summary>Adds statistics, which training moves and does not train.</summary>
    public string AddStatistic(string suffix, Shape shape, TensorValue? value, float first) =>
        translation.Parameters.AddStatistic(Layer, suffix, shape, value, first);

    /// <summary>Says that a later layer completes what this one would make, if it alone reads it.</summary>
    /// <param name="isTaken">True for a layer that can.</param>
    /// <param name="normalization">What it completes.</param>
    public bool TryDefer(Func<CaffeLayer, bool> isTaken, CaffeNormalization normalization) =>
        translation.TryDefer(step.Outputs[0], isTaken, normalization);

    /// <summary>What an earlier layer left to this one; null for nothing.</summary>
    public CaffeNormalization? Deferred() => translation.Deferred(step.Inputs[0]);

    /// <summary>Something that a user should know.</summary>
    public void Note(string note) => translation.Note(note);

    /// <summary>An error of the file.</summary>
    public ModelFileException Error(string problem) => Layer.Error(problem);

    /// <summary>Checks what the layer reads and makes before it is translated.</summary>
    public void Begin()
    {
        Settings.Ignore(definition.Ignored);
        if (IsTraining && Layer.Message.Type.Find("propagate_down") is not null)
        {
            var passes = Layer.Message.Values("propagate_down");
            if (
                passes
                    .Where((pass, i) => pass.Value is false && i < Bottoms && !translation.IsData(step.Inputs[i]))
                    .Any()
            )
            {
                throw new CaffeRefusedException("propagate_down is false: gradients pass through all layers");
            }
        }
        var (least, most) = definition.Bottoms;
        if (Bottoms < least || Bottoms > most)
        {
            throw Error(
                $"it reads {Bottoms} blobs, and must read {(least == most ? $"{least}" : $"{least} to {most}")}."
            );
        }
        if (Tops < 1)
        {
            throw Error("it makes no blob. Name its top.");
        }
        if (Tops > definition.MostTops)
        {
            throw new CaffeRefusedException(
                $"it makes {Tops} blobs, and more than {definition.MostTops} are not known"
            );
        }
    }

    /// <summary>Refuses settings that nobody asked for.</summary>
    public void End()
    {
        if (_blobs > 0)
        {
            translation.Weights.Expect(Layer.Name, _blobs);
        }
        var unread = Settings.Unread.Concat(Layer.Message.Unknown.Select(u => u.Name)).ToArray();
        if (unread.Length > 0)
        {
            var message = Settings.Unread.Any() ? Settings : Layer.Message;
            throw new CaffeRefusedException($"the setting {unread[0]} ({message.PlaceOf(unread[0])}) is not known");
        }
    }

    private string Constant(string suffix, TensorValue value)
    {
        var name = translation.Names.Value($"{Layer.Name}.{suffix}");
        translation.Assembler.Append(
            ConstantValue.ToOperation(name, value) with
            {
                Name = translation.Names.Operation($"{Layer.Name}.{suffix}"),
            }
        );
        return name;
    }

    // Older layers lack the settings of newer types.
    private static CaffeMessage SettingsOf(CaffeLayer layer, string message) =>
        layer.Message.Type.Find(message) is not null
            ? layer.Message.Message(message)
            : new(CaffeSchema.Of(CaffeSchema.Of("LayerParameter").Find(message)!.MessageType), layer.Message.Place);
}
