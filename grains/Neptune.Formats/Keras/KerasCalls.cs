using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.Formats;

/// <summary>Reads on what layers are called: Keras 2's nested lists, and Keras 3's arguments with histories.</summary>
/// <param name="file">What errors call the file.</param>
internal sealed class KerasCalls(string file)
{
    /// <summary>No tensors given by name.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<KerasReference>> None { get; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<KerasReference>>(StringComparer.Ordinal);

    /// <summary>A layer's calls.</summary>
    public ImmutableArray<KerasCall> Read(KerasLayer layer, JsonElement json)
    {
        if (!json.TryGetProperty("inbound_nodes", out var nodes) || nodes.ValueKind != JsonValueKind.Array)
        {
            return [];
        }
        return [.. nodes.EnumerateArray().Select(node => ReadCall(layer, node)).Where(call => call is not null)!];
    }

    /// <summary>A model's inputs or outputs: a list of references, or (with one) the reference itself.</summary>
    public ImmutableArray<KerasReference> Ends(JsonElement config, string name, string model)
    {
        var ends = config.TryGetProperty(name, out var found) ? found : default;
        var references = ImmutableArray.CreateBuilder<KerasReference>();
        AddEnds(ends, references);
        return references.Count > 0 ? references.ToImmutable() : throw Error($"model {model} has no {name}");
    }

    private static void AddEnds(JsonElement ends, ImmutableArray<KerasReference>.Builder references)
    {
        if (ReferenceOf(ends) is { } reference)
        {
            references.Add(reference);
            return;
        }
        if (ends.ValueKind == JsonValueKind.Object)
        {
            foreach (var item in ends.EnumerateObject())
            {
                AddEnds(item.Value, references);
            }
        }
        else if (ends.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in ends.EnumerateArray())
            {
                AddEnds(item, references);
            }
        }
    }

    private KerasCall? ReadCall(KerasLayer layer, JsonElement node)
    {
        var inputs = ImmutableArray.CreateBuilder<KerasReference>();
        var named = None.ToBuilder();
        JsonElement settings = default;
        if (node.ValueKind == JsonValueKind.Object)
        {
            if (node.TryGetProperty("args", out var arguments))
            {
                AddTensors(arguments, inputs);
            }
            if (node.TryGetProperty("kwargs", out settings) && settings.ValueKind == JsonValueKind.Object)
            {
                AddNamed(layer, settings, inputs, named);
            }
        }
        else if (ReferenceOf(node) is { } only)
        {
            // TensorFlow 2.x writes ["name", 0, 0, {...}] itself where there is one input.
            inputs.Add(only);
            settings = AddNamedOf(layer, node, inputs, named) ?? settings;
        }
        else if (node.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in node.EnumerateArray())
            {
                inputs.Add(
                    ReferenceOf(item)
                        ?? throw Error($"layer {layer.Name} is called on {KerasConfig.Show(item)}, which is no tensor")
                );
                settings = AddNamedOf(layer, item, inputs, named) ?? settings;
            }
        }
        return inputs.Count == 0 && named.Count == 0
            ? null
            : new(inputs.ToImmutable(), named.ToImmutable(), new(settings, layer.Config.Where));
    }

    // The fourth element has the arguments by name.
    private static JsonElement? AddNamedOf(
        KerasLayer layer,
        JsonElement reference,
        ImmutableArray<KerasReference>.Builder inputs,
        ImmutableSortedDictionary<string, ImmutableArray<KerasReference>>.Builder named
    )
    {
        if (reference.GetArrayLength() < 4 || reference[3].ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        AddNamed(layer, reference[3], inputs, named);
        return reference[3].EnumerateObject().Any() ? reference[3] : null;
    }

    private static void AddNamed(
        KerasLayer layer,
        JsonElement settings,
        ImmutableArray<KerasReference>.Builder inputs,
        ImmutableSortedDictionary<string, ImmutableArray<KerasReference>>.Builder named
    )
    {
        foreach (var setting in settings.EnumerateObject())
        {
            var tensors = ImmutableArray.CreateBuilder<KerasReference>();
            AddTensors(setting.Value, tensors);
            if (tensors.Count > 0 && setting.Name is "inputs" or "sequences" or "sequence")
            {
                inputs.AddRange(tensors);
            }
            else if (tensors.Count > 0)
            {
                named[setting.Name] = tensors.ToImmutable();
            }
        }
    }

    private static void AddTensors(JsonElement json, ImmutableArray<KerasReference>.Builder tensors)
    {
        if (ReferenceOf(json) is { } reference)
        {
            tensors.Add(reference);
        }
        else if (HistoryOf(json) is { } history)
        {
            tensors.Add(history);
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
            {
                AddTensors(item, tensors);
            }
        }
        else if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("items", out var items))
        {
            AddTensors(items, tensors);
        }
    }

    private static KerasReference? HistoryOf(JsonElement json) =>
        KerasTopology.TextOf(json, "class_name") == "__keras_tensor__"
        && json.TryGetProperty("config", out var config)
        && config.ValueKind == JsonValueKind.Object
        && config.TryGetProperty("keras_history", out var history)
            ? ReferenceOf(history)
            : null;

    private static KerasReference? ReferenceOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array
        && json.GetArrayLength() is 3 or 4
        && json[0].ValueKind == JsonValueKind.String
        && KerasConfig.WholeOf(json[1]) is >= 0 and <= int.MaxValue and var node
        && KerasConfig.WholeOf(json[2]) is >= 0 and <= int.MaxValue and var tensor
            ? new(json[0].GetString()!, (int)node, (int)tensor)
            : null;

    private ModelFileException Error(string problem) => new($"{file}: {problem}. Save the model again.");
}
