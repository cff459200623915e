using System.Collections.Immutable;
using System.Text.Json;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>What an input layer says of a model's input.</summary>
internal static class KerasInput
{
    /// <summary>The settings that hold the shape with its batch, of Keras 2 and 3.</summary>
    public static ReadOnlySpan<string> ShapeNames => new[] { "batch_shape", "batch_input_shape" };

    /// <summary>The shape, batch first; lengths that are left open are symbols.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="given">A sample's shape as the user says it, for a file that does not.</param>
    /// <exception cref="ModelFileException">The file does not say it, and the user neither.</exception>
    public static Shape ShapeOf(string name, KerasConfig config, Shape? given)
    {
        config.Ignore("sparse", "ragged", "name", "dtype", "optional", "input_dtype");
        var whole = config.Find(ShapeNames);
        var sample = whole is null ? config.Find("input_shape", "shape") : null;
        if ((whole ?? sample) is not { ValueKind: JsonValueKind.Array } list)
        {
            return given is not null
                ? given.Prepend(Dimension.Batch)
                : throw new ModelFileException(
                    $"{config.Where}: the file does not say the input's shape. Give it (a sample's, without the batch)."
                );
        }
        var lengths = list.EnumerateArray().Skip(whole is null ? 0 : 1).ToArray();
        if (given is not null && given.Rank == lengths.Length)
        {
            return Merged(config, lengths, given);
        }
        return new([Dimension.Batch, .. lengths.Select((length, i) => LengthOf(config, length, $"{name}_{i + 1}"))]);
    }

    /// <summary>What its elements are.</summary>
    public static ElementType TypeOf(KerasConfig config)
    {
        var name = config.Find("dtype") is { } dtype ? KerasDtype.NameOf(dtype) : "float32";
        return name switch
        {
            "int8" => ElementType.Int8,
            "int16" => ElementType.Int16,
            "int32" => ElementType.Int32,
            "int64" => ElementType.Int64,
            "uint8" => ElementType.UInt8,
            "bool" => ElementType.Boolean,
            "string" => throw new KerasRefusedException("texts are not computed with"),
            _ => ElementType.Float32,
        };
    }

    private static Shape Merged(KerasConfig config, JsonElement[] lengths, Shape given)
    {
        var merged = ImmutableArray.CreateBuilder<Dimension>();
        merged.Add(Dimension.Batch);
        for (var i = 0; i < lengths.Length; i++)
        {
            var own = LengthOf(config, lengths[i], "?");
            if (own.IsFixed && own != given[i])
            {
                throw config.Error($"the file's input has length {own} at place {i}, and {given} was asked for");
            }
            merged.Add(given[i]);
        }
        return new(merged.ToImmutable());
    }

    private static Dimension LengthOf(KerasConfig config, JsonElement length, string symbol) =>
        length.ValueKind == JsonValueKind.Null ? Dimension.Symbolic(symbol)
        : KerasConfig.WholeOf(length) is > 0 and <= int.MaxValue and var fixedLength ? fixedLength
        : throw config.Error($"the input's shape has the length {KerasConfig.Show(length)}");
}
