using System.Collections.Immutable;
using System.Text.Json;

namespace Neptune.Formats;

/// <summary>Reads a model's description: Sequential or Functional, of Keras 2 and 3.</summary>
/// <param name="file">What errors call the file.</param>
internal sealed class KerasTopology(string file)
{
    private const int DeepestNesting = 32;

    private static readonly string[] Functional = ["Functional", "Model"];
    private static readonly string[] WrapSettings = ["layer", "backward_layer", "cell"];

    /// <summary>True where a class is that of a model.</summary>
    public static bool IsModel(string name) => name == "Sequential" || Functional.Contains(name);

    /// <summary>Reads a layer, or a whole model as one.</summary>
    /// <exception cref="ModelFileException">It is none.</exception>
    public KerasLayer ReadLayer(JsonElement json, int depth = 0)
    {
        if (depth > DeepestNesting)
        {
            throw Error($"models lie in one another more than {DeepestNesting} deep");
        }
        var type = TextOf(json, "class_name") ?? throw Error("a layer has no class_name");
        var registered = TextOf(json, "registered_name");
        var module = TextOf(json, "module");
        var config = json.TryGetProperty("config", out var found) ? found : default;
        var name = TextOf(json, "name") ?? TextOf(config, "name") ?? type.ToLowerInvariant();
        var settings = new KerasConfig(config, $"{file}, layer {name} ({type})");
        var layer = new KerasLayer
        {
            Class = type,
            Name = name,
            Config = settings,
            Custom = CustomReason(type, registered, module),
            IsTrainable = settings.Bool("trainable", true),
        };
        if (layer.Custom is null && IsModel(type))
        {
            var build = json.TryGetProperty("build_config", out var b) ? b : default;
            return layer with { Model = ReadModel(name, type, config, build, depth) };
        }
        return layer with { Wrapped = ReadWrapped(settings, config, depth) };
    }

    // Keras's own classes have no package in their registered name; their module says keras.
    private static string? CustomReason(string type, string? registered, string? module)
    {
        var isOwn = (registered ?? type).Contains('>', StringComparison.Ordinal);
        if (isOwn && !(registered ?? type).StartsWith("Keras>", StringComparison.Ordinal))
        {
            return $"it is a class of the user's own ({registered ?? type})";
        }
        return module is not null && module.Split('.')[0] is not ("keras" or "tf_keras" or "keras_core" or "builtins")
            ? $"it is a class of the user's own, of the module {module}"
            : null;
    }

    private ImmutableArray<(string, KerasLayer)> ReadWrapped(KerasConfig settings, JsonElement config, int depth)
    {
        var wrapped = ImmutableArray.CreateBuilder<(string, KerasLayer)>();
        foreach (var setting in WrapSettings)
        {
            if (
                config.ValueKind == JsonValueKind.Object
                && config.TryGetProperty(setting, out var inner)
                && TextOf(inner, "class_name") is not null
            )
            {
                settings.Ignore(setting);
                wrapped.Add((setting, ReadLayer(inner, depth + 1)));
            }
        }
        return wrapped.ToImmutable();
    }

    private KerasModel ReadModel(string name, string type, JsonElement config, JsonElement build, int depth)
    {
        // Keras 1 has the list itself as a Sequential's config.
        var list =
            config.ValueKind == JsonValueKind.Array ? config
            : config.ValueKind == JsonValueKind.Object && config.TryGetProperty("layers", out var found) ? found
            : throw Error($"model {name} has no layers");
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw Error($"the layers of model {name} are no list");
        }
        return type == "Sequential" ? Chain(name, list, config, build, depth) : Functionals(name, list, config, depth);
    }

    private KerasModel Functionals(string name, JsonElement list, JsonElement config, int depth)
    {
        var layers = ImmutableArray.CreateBuilder<KerasLayer>();
        var calls = new KerasCalls(file);
        foreach (var item in list.EnumerateArray())
        {
            var layer = ReadLayer(item, depth + 1);
            layers.Add(layer with { Calls = calls.Read(layer, item) });
        }
        var model = new KerasModel
        {
            Name = name,
            Layers = layers.ToImmutable(),
            Inputs = calls.Ends(config, "input_layers", name),
            Outputs = calls.Ends(config, "output_layers", name),
        };
        var twice = model.Layers.GroupBy(l => l.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? model : throw Error($"two layers of model {name} are called {twice.Key}");
    }

    private KerasModel Chain(string name, JsonElement list, JsonElement config, JsonElement build, int depth)
    {
        var layers = list.EnumerateArray().Select(item => ReadLayer(item, depth + 1)).ToList();
        if (layers.Count == 0)
        {
            throw Error($"model {name} has no layers");
        }
        if (layers[0].Class != "InputLayer")
        {
            layers.Insert(0, InputOf(name, layers[0], config, build));
        }
        var chain = ImmutableArray.CreateBuilder<KerasLayer>();
        foreach (var layer in layers)
        {
            chain.Add(
                chain.Count == 0
                    ? layer
                    : layer with
                    {
                        Calls = [new([new(chain[^1].Name, 0, 0)], KerasCalls.None, new(default, layer.Config.Where))],
                    }
            );
        }
        var twice = chain.GroupBy(l => l.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        return new()
        {
            Name = name,
            Layers = twice is null ? chain.ToImmutable() : throw Error($"two layers of {name} are called {twice.Key}"),
            Inputs = [new(chain[0].Name, 0, 0)],
            Outputs = [new(chain[^1].Name, 0, 0)],
            IsSequential = true,
        };
    }

    // A chain may say its input's shape by its first layer, or by how it was built; else the importer is told.
    private KerasLayer InputOf(string name, KerasLayer first, JsonElement config, JsonElement build)
    {
        var shape = first.Model is { } inner
            ? inner.Layers.FirstOrDefault(l => l.Name == inner.Inputs[0].Layer)?.Config.Find(KerasInput.ShapeNames)
            : first.Config.Find(KerasInput.ShapeNames);
        shape ??= PropertyOf(config, "build_input_shape") ?? PropertyOf(build, "input_shape");
        var type = first.Class == "Embedding" ? "int32" : "float32";
        var text = $$"""{"batch_shape": {{shape?.GetRawText() ?? "null"}}, "dtype": "{{type}}"}""";
        if (first.Config.Find("input_shape") is { ValueKind: JsonValueKind.Array } sample)
        {
            text = $$"""{"input_shape": {{sample.GetRawText()}}, "dtype": "{{type}}"}""";
        }
        using var document = JsonDocument.Parse(text);
        return new()
        {
            Class = "InputLayer",
            Name = $"{first.Name}_input",
            Config = new(document.RootElement.Clone(), $"{file}, input of {name}"),
        };
    }

    private static JsonElement? PropertyOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Array
            ? value
            : null;

    internal static string? TextOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private ModelFileException Error(string problem) => new($"{file}: {problem}. Save the model again.");
}
