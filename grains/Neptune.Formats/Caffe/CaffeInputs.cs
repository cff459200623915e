using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>The inputs of a graph: what a net's layers of data and of inputs give it.</summary>
/// <param name="sample">A sample's shape (channels, height, width), for layers that do not say it; null where none is given.</param>
/// <param name="isFreed">True to make the first length a batch of any size.</param>
/// <param name="folder">Where files that the net names may lie; null for none.</param>
/// <param name="scales">True to multiply with the data's scale in the graph, which training does before it.</param>
internal sealed class CaffeInputs(Shape? sample, bool isFreed, bool scales, string? folder)
{
    private static readonly string[] OldLengths = ["num", "channels", "height", "width"];
    private static readonly string[] LengthsInMemory = ["batch_size", "channels", "height", "width"];

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The first length in the file, which is a batch of any size now; null where it was none, or is kept.</summary>
    public long? FreedBatch { get; private set; }

    /// <summary>True for the name of an input.</summary>
    public bool IsInput(string value) => _names.Contains(value);

    /// <summary>Adds what a layer gives to the graph.</summary>
    /// <exception cref="ModelFileException">Its shape is not known.</exception>
    public void Add(CaffeTranslation translation, CaffeStep step)
    {
        for (var top = 0; top < step.Outputs.Length; top++)
        {
            if (translation.IsWanted(step.Outputs[top]))
            {
                Add(translation, step, top);
            }
        }
    }

    /// <summary>The lengths that a layer of data gives a top; null where the file does not say them.</summary>
    public static long[]? LengthsOf(CaffeLayer layer, int top) =>
        layer.Type switch
        {
            "Input" => ShapeAt(layer.Message.Message("input_param"), top),
            "DummyData" => OfDummy(layer.Message.Message("dummy_data_param"), top),
            "MemoryData" when top == 0 => OfMemory(layer.Message.Message("memory_data_param")),
            "ImageData" when top == 0 => OfImages(layer),
            _ => null,
        };

    private void Add(CaffeTranslation translation, CaffeStep step, int top)
    {
        var layer = step.Layer;
        var blob = layer.Tops[top];
        if (top > 0 && layer.Type is not ("Input" or "DummyData"))
        {
            var readers = string.Join(", ", translation.ReadersOf(step.Outputs[top]).Select(r => r.Layer.Name));
            throw layer.Error(
                $"its blob {blob}, which holds labels, is read by {readers}. Only losses and accuracies may read labels."
            );
        }
        var shape = ShapeOf(layer, top);
        var name = translation.Names.Value(blob);
        translation.Alias(step.Outputs[top], name);
        translation.Assembler.AddInput(new(name, ElementType.Float32, shape));
        _names.Add(name);
        if (layer.Type is not ("Input" or "DummyData"))
        {
            Transform(translation, step, shape);
        }
    }

    private Shape ShapeOf(CaffeLayer layer, int top)
    {
        if (LengthsOf(layer, top) is { } lengths)
        {
            if (lengths.Length > 32 || lengths.Any(length => length < 0))
            {
                throw layer.Error(
                    $"its blob {layer.Tops[top]} has the lengths ({string.Join(", ", lengths.Take(40))}). None may be negative, and 32 are the most there may be."
                );
            }
            if (!isFreed || lengths.Length == 0)
            {
                return Shape.Of(lengths);
            }
            FreedBatch = lengths[0];
            return Shape.OfBatch(lengths.AsSpan(1));
        }
        return sample?.Prepend(Dimension.Batch)
            ?? throw layer.Error(
                $"the file does not say how large a sample of the blob {layer.Tops[top]} is. Give its shape without the batch, "
                    + "such as 1,28,28 (channels, height, width), or import the net's deploy.prototxt with these weights."
            );
    }

    private void Transform(CaffeTranslation translation, CaffeStep step, Shape shape)
    {
        var transform = CaffeTransform.Of(step.Layer);
        if (transform.Refusal is { } refusal)
        {
            throw new CaffeRefusedException(refusal);
        }
        if (transform.Crop > 0)
        {
            if (shape.Rank != 4 || shape[2] != transform.Crop || shape[3] != transform.Crop)
            {
                throw step.Layer.Error(
                    $"it cuts out squares of {transform.Crop}, and samples have the shape {shape.WithoutFirst()}. "
                        + $"Give (channels, {transform.Crop}, {transform.Crop}), and data of that size."
                );
            }
            translation.Note(
                $"Squares of {transform.Crop} are not cut out at random (crop_size): data is taken as it is."
            );
        }
        if (transform.Mirrors)
        {
            translation.Note("Samples are not mirrored at random (mirror): data is taken as it is.");
        }
        var value = translation.ValueOf(step.Outputs[0]);
        if (scales && transform.Scale != 1)
        {
            value = Append("scale", "Mul", Shape.Scalar, transform.Scale);
        }
        if (!transform.Means.IsEmpty)
        {
            if (transform.Means.Length > 1 && (shape.Rank < 2 || shape[1] != transform.Means.Length))
            {
                throw step.Layer.Error(
                    $"it has {transform.Means.Length} mean_value, and samples have the shape {shape.WithoutFirst()}. Give one, or one for each channel."
                );
            }
            var perChannel = Shape.Of([transform.Means.Length, .. Enumerable.Repeat(1L, Math.Max(0, shape.Rank - 2))]);
            value = Append("mean", "Sub", perChannel, [.. transform.Means.Select(mean => mean * transform.Scale)]);
        }
        if (transform.MeanFile is { } mean)
        {
            var sums = MeanOf(mean, shape.WithoutFirst(), transform.Scale);
            value = Subtract(translation.Parameters.AddStatistic(step.Layer, "mean", sums.Shape, sums, 0));
        }
        translation.Alias(step.Outputs[0], value);

        string Append(string suffix, string type, Shape of, params float[] numbers)
        {
            var constant = translation.Names.Value($"{step.Layer.Name}.{suffix}");
            translation.Assembler.Append(
                ConstantValue.ToOperation(constant, TensorValue.Of(of, numbers)) with
                {
                    Name = translation.Names.Operation(constant),
                }
            );
            return Operate(type, constant);
        }

        string Subtract(string other) => Operate("Sub", other);

        string Operate(string type, string other)
        {
            var result = translation.Names.Value($"{step.Layer.Name}.{type.ToLowerInvariant()}");
            translation.Append(translation.Names.Operation(result), type, [value, other], [result], []);
            return result;
        }
    }

    // A file of one blob.
    private TensorValue MeanOf(CaffeValue named, Shape sample, float scale)
    {
        if (folder is null || !sample.IsFixed)
        {
            throw new CaffeRefusedException(
                $"mean_file ({named.Place}) is not read here; take away mean_value in its place"
            );
        }
        var path = CaffeFiles.Find(folder, (string)named.Value, named.Place);
        var blob = CaffeBlob.Read(ProtobufMessage.Whole(CaffeFiles.ReadBytes(path), Path.GetFileName(path)));
        if (!blob.Fits(sample))
        {
            throw named.Place.Error(
                $"mean_file has the lengths {blob.Text} and {blob.Count} numbers, and samples have the shape {sample}. "
                    + "Give a mean of samples of that size."
            );
        }
        var values = blob.ToValue(sample).Floats.ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= scale;
        }
        return TensorValue.Of(sample, values);
    }

    // One shape stands for all tops.
    private static long[]? ShapeAt(CaffeMessage settings, int top)
    {
        var shapes = settings.Messages("shape").ToArray();
        return shapes.Length == 0 ? null : shapes[Math.Min(top, shapes.Length - 1)].Wholes("dim");
    }

    private static long[]? OfDummy(CaffeMessage settings, int top)
    {
        if (ShapeAt(settings, top) is { } shape)
        {
            return shape;
        }
        var lengths = OldLengths.Select(settings.Wholes).ToArray();
        return lengths.All(l => l.Length > 0) ? [.. lengths.Select(l => l[Math.Min(top, l.Length - 1)])] : null;
    }

    private static long[]? OfMemory(CaffeMessage settings) =>
        LengthsInMemory.All(settings.Has) ? [.. LengthsInMemory.Select(settings.Whole)] : null;

    private static long[]? OfImages(CaffeLayer layer)
    {
        var settings = layer.Message.Message("image_data_param");
        var crop = CaffeTransform.Of(layer).Crop;
        var (height, width) = (settings.Whole("new_height"), settings.Whole("new_width"));
        var channels = settings.Flag("is_color") ? 3 : 1;
        return crop > 0 ? [settings.Whole("batch_size"), channels, crop, crop]
            : height > 0 && width > 0 ? [settings.Whole("batch_size"), channels, height, width]
            : null;
    }
}
