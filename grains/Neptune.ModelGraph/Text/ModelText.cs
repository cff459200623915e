using System.Collections.Immutable;
using System.Globalization;

namespace Neptune.ModelGraph;

/// <summary>
/// Models, optimizers, losses and metrics in short text, for command lines: <c>flatten,dense:64:relu,dropout:0.5</c>,
/// <c>adam:0.001</c>, <c>sparse_categorical_crossentropy</c>. Case does not matter.
/// </summary>
public static class ModelText
{
    private static readonly Dictionary<string, Func<Arguments, Layer>> LayerParsers = new(StringComparer.Ordinal)
    {
        ["input"] = a => Layers.Input(a.LengthsToEnd("28:28:1", mayBeFree: false)),
        ["dense"] = a => Layers.Dense(a.Int("units"), a.Activation()),
        ["conv2d"] = a =>
            Layers.Conv2D(
                a.Int("filters"),
                a.Size("kernel"),
                a.Activation(),
                padding: a.Padding(),
                strides: a.SizeOr(1)
            ),
        ["maxpool"] = a => Layers.MaxPooling2D(a.SizeOr(2)),
        ["avgpool"] = a => Layers.AveragePooling2D(a.SizeOr(2)),
        ["globalavgpool"] = _ => Layers.GlobalAveragePooling2D(),
        ["batchnorm"] = _ => Layers.BatchNormalization(),
        ["dropout"] = a => Layers.Dropout(a.Real("rate")),
        ["flatten"] = _ => Layers.Flatten(),
        ["reshape"] = a => Layers.Reshape(a.LengthsToEnd("28:28:-1", mayBeFree: true)),
        ["activation"] = a => Layers.Activate(a.RequiredActivation()),
    };

    private static readonly Dictionary<string, Func<Arguments, Optimizer>> OptimizerParsers = new(
        StringComparer.Ordinal
    )
    {
        ["sgd"] = a => Layers.Sgd(a.RealOr(0.01f), a.RealOr(0), a.Switch("nesterov")),
        ["adam"] = a => Layers.Adam(a.RealOr(0.001f)),
        ["adamw"] = a => Layers.AdamW(a.RealOr(0.001f), weightDecay: a.RealOr(0.004f)),
        ["adamax"] = a => Layers.AdaMax(a.RealOr(0.001f)),
        ["rmsprop"] = a => Layers.RmsProp(a.RealOr(0.001f), a.RealOr(0.9f), a.RealOr(0)),
        ["adagrad"] = a => Layers.AdaGrad(a.RealOr(0.01f)),
        ["adadelta"] = a => Layers.AdaDelta(a.RealOr(1), a.RealOr(0.95f)),
    };

    private static readonly Dictionary<string, Func<Arguments, Loss>> LossParsers = new(StringComparer.Ordinal)
    {
        ["sparse_categorical_crossentropy"] = a => Layers.SparseCategoricalCrossentropy(a.Switch("logits")),
        ["categorical_crossentropy"] = a => Layers.CategoricalCrossentropy(a.Switch("logits")),
        ["binary_crossentropy"] = a => Layers.BinaryCrossentropy(a.Switch("logits")),
        ["mean_squared_error"] = _ => Layers.MeanSquaredError(),
        ["mean_absolute_error"] = _ => Layers.MeanAbsoluteError(),
        ["huber"] = a => Layers.Huber(a.RealOr(1)),
    };

    private static readonly Dictionary<string, Func<Arguments, Metric>> MetricParsers = new(StringComparer.Ordinal)
    {
        ["accuracy"] = _ => Layers.Accuracy(),
        ["top_k_accuracy"] = a => Layers.TopKAccuracy(a.IntOr("k", 5)),
        ["binary_accuracy"] = a => Layers.BinaryAccuracy(a.RealOr(0.5f)),
        ["precision"] = a => Layers.Precision(a.RealOr(0.5f)),
        ["recall"] = a => Layers.Recall(a.RealOr(0.5f)),
        ["auc"] = _ => Layers.Auc(),
        ["mean_absolute_error"] = _ => new Metric.MeanAbsoluteError(),
        ["mae"] = _ => new Metric.MeanAbsoluteError(),
        ["mean_squared_error"] = _ => new Metric.MeanSquaredError(),
        ["mse"] = _ => new Metric.MeanSquaredError(),
        ["root_mean_squared_error"] = _ => Layers.RootMeanSquaredError(),
        ["rmse"] = _ => Layers.RootMeanSquaredError(),
        ["mean_absolute_percentage_error"] = _ => Layers.MeanAbsolutePercentageError(),
        ["mape"] = _ => Layers.MeanAbsolutePercentageError(),
    };

    /// <summary>
    /// Layers separated by commas, each a name and settings separated by colons: <c>input:28:28:1</c>,
    /// <c>dense:units[:activation]</c>, <c>conv2d:filters:kernel[:activation][:same|valid][:strides]</c>,
    /// <c>maxpool[:size]</c>, <c>avgpool[:size]</c>, <c>globalavgpool</c>, <c>batchnorm</c>, <c>dropout:rate</c>,
    /// <c>flatten</c>, <c>reshape:lengths</c>, <c>activation:name</c>. A size is <c>3</c> or <c>3x5</c>.
    /// </summary>
    /// <exception cref="GraphException">A name is unknown (the nearest are offered), or a setting is missing or wrong.</exception>
    public static ImmutableArray<Layer> ParseLayers(string text) =>
        [.. text.Split(',').Select(part => Parse("Layer", part, LayerParsers))];

    /// <summary>True where a text speaks of layers, be they known or not; false for a single word that is none.</summary>
    public static bool IsLayers(string text) =>
        text.AsSpan().ContainsAny(',', ':') || LayerParsers.ContainsKey(text.ToLowerInvariant());

    /// <summary>A chain of layers; see <see cref="ParseLayers"/>.</summary>
    /// <exception cref="GraphException">A name is unknown (the nearest are offered), or a setting is missing or wrong.</exception>
    public static Sequential ParseSequential(string text) => Sequential.Of(ParseLayers(text));

    /// <summary>
    /// <c>adam[:learningRate]</c>, <c>adamw[:learningRate[:weightDecay]]</c>,
    /// <c>sgd[:learningRate[:momentum[:nesterov]]]</c>, <c>rmsprop[:learningRate[:rho[:momentum]]]</c>,
    /// <c>adagrad[:learningRate]</c>, <c>adadelta[:learningRate[:rho]]</c> or <c>adamax[:learningRate]</c>.
    /// </summary>
    /// <exception cref="GraphException">The name is unknown (the nearest are offered), or a setting is wrong.</exception>
    public static Optimizer ParseOptimizer(string text)
    {
        var optimizer = Parse("Optimizer", text, OptimizerParsers);
        OptimizerValidation.Check(optimizer);
        return optimizer;
    }

    /// <summary>
    /// <c>sparse_categorical_crossentropy[:logits]</c>, <c>categorical_crossentropy[:logits]</c>,
    /// <c>binary_crossentropy[:logits]</c>, <c>mean_squared_error</c>, <c>mean_absolute_error</c> or <c>huber[:delta]</c>.
    /// </summary>
    /// <exception cref="GraphException">The name is unknown; the nearest are offered.</exception>
    public static Loss ParseLoss(string text) => Parse("Loss", text, LossParsers);

    /// <summary>
    /// <c>accuracy</c>, <c>top_k_accuracy[:k]</c>, <c>binary_accuracy[:threshold]</c>, <c>precision[:threshold]</c>,
    /// <c>recall[:threshold]</c>, <c>auc</c>, <c>mae</c>, <c>mse</c>, <c>rmse</c> or <c>mape</c>; the last four also by their long
    /// names, such as <c>mean_absolute_error</c>.
    /// </summary>
    /// <exception cref="GraphException">The name is unknown (the nearest are offered), or a setting is wrong.</exception>
    public static Metric ParseMetric(string text) => Parse("Metric", text, MetricParsers);

    /// <summary>Metrics separated by commas; see <see cref="ParseMetric"/>.</summary>
    /// <exception cref="GraphException">A name is unknown (the nearest are offered), or a setting is wrong.</exception>
    public static ImmutableArray<Metric> ParseMetrics(string text) => [.. text.Split(',').Select(ParseMetric)];

    /// <summary>An activation by its name, such as <c>relu</c> or <c>log_softmax</c>.</summary>
    /// <exception cref="GraphException">The name is unknown; the nearest are offered.</exception>
    public static Activation ParseActivation(string text) =>
        TryActivation(text) ?? throw new GraphException($"Activation {text} is not known. {OfferActivations(text)}");

    private static string OfferActivations(string text) => NearestNames.Offer(text, Activations.Keys);

    private static readonly Dictionary<string, Activation> Activations = new(StringComparer.Ordinal)
    {
        ["linear"] = Activation.Linear,
        ["relu"] = Activation.Relu,
        ["sigmoid"] = Activation.Sigmoid,
        ["tanh"] = Activation.Tanh,
        ["softmax"] = Activation.Softmax,
        ["log_softmax"] = Activation.LogSoftmax,
    };

    private static Activation? TryActivation(string text) =>
        Activations.TryGetValue(text.Trim().ToLowerInvariant(), out var activation) ? activation : null;

    private static T Parse<T>(string kind, string text, Dictionary<string, Func<Arguments, T>> parsers)
    {
        var parts = text.Trim().ToLowerInvariant().Split(':', StringSplitOptions.TrimEntries);
        if (!parsers.TryGetValue(parts[0], out var parser))
        {
            throw new GraphException($"{kind} {parts[0]} is not known. {NearestNames.Offer(parts[0], parsers.Keys)}");
        }
        var arguments = new Arguments($"{kind} {text.Trim()}", parts[1..]);
        var result = parser(arguments);
        arguments.RequireEnd();
        return result;
    }

    /// <summary>What stands behind the colons, read in order.</summary>
    private sealed class Arguments(string what, string[] parts)
    {
        private int _next;

        public int Int(string name) =>
            int.TryParse(Take(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw Wrong($"{name} must be a whole number");

        public int IntOr(string name, int otherwise) => _next < parts.Length ? Int(name) : otherwise;

        public float Real(string name) => Real(Take(name), name);

        public float RealOr(float otherwise) => _next < parts.Length ? Real(parts[_next++], "a setting") : otherwise;

        public Size2D Size(string name) => Size(Take(name), name);

        public Size2D SizeOr(int otherwise) => _next < parts.Length ? Size(parts[_next++], "the size") : otherwise;

        public long[] LengthsToEnd(string example, bool mayBeFree)
        {
            var lengths = new List<long>();
            do
            {
                lengths.Add(
                    long.TryParse(
                        Take("a length"),
                        NumberStyles.AllowLeadingSign,
                        CultureInfo.InvariantCulture,
                        out var length
                    ) && (length > 0 || (length == -1 && mayBeFree))
                        ? length
                        : throw Wrong($"lengths must be whole numbers, such as {example}")
                );
            } while (_next < parts.Length);
            return [.. lengths];
        }

        public Activation Activation()
        {
            if (_next == parts.Length)
            {
                return ModelGraph.Activation.Linear;
            }
            if (TryActivation(parts[_next]) is { } activation)
            {
                _next++;
                return activation;
            }
            // A padding may follow in its place.
            return parts[_next] is "same" or "valid" ? ModelGraph.Activation.Linear : RequiredActivation();
        }

        public Activation RequiredActivation()
        {
            var name = Take("activation");
            return TryActivation(name) ?? throw Wrong($"activation {name} is not known. {OfferActivations(name)}", "");
        }

        public Padding Padding() =>
            _next == parts.Length
                ? ModelGraph.Padding.Valid
                : parts[_next] switch
                {
                    "same" => Skip(ModelGraph.Padding.Same),
                    "valid" => Skip(ModelGraph.Padding.Valid),
                    var other when char.IsAsciiDigit(other.FirstOrDefault()) => ModelGraph.Padding.Valid,
                    var other => throw Wrong(
                        $"padding {other} is not known. {NearestNames.Offer(other, ["same", "valid"])}",
                        ""
                    ),
                };

        public bool Switch(string name)
        {
            if (_next == parts.Length)
            {
                return false;
            }
            return parts[_next] == name
                ? Skip(true)
                : throw Wrong($"{parts[_next]} is not known. {NearestNames.Offer(parts[_next], [name])}", "");
        }

        public void RequireEnd()
        {
            if (_next < parts.Length)
            {
                throw Wrong($"{parts[_next]} is one setting too many. Leave it out", ".");
            }
        }

        private T Skip<T>(T value)
        {
            _next++;
            return value;
        }

        private string Take(string name) =>
            _next < parts.Length && parts[_next].Length > 0
                ? parts[_next++]
                : throw Wrong($"{name} is missing. Write it behind a colon", ".");

        private float Real(string text, string name) =>
            float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw Wrong($"{name} is {text}, and must be a number");

        private Size2D Size(string text, string name)
        {
            var sides = text.Split('x');
            return
                sides.Length <= 2
                && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
                && int.TryParse(sides[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
                ? new(height, width)
                : throw Wrong($"{name} is {text}, and must be a number such as 3, or 3x5");
        }

        private GraphException Wrong(string problem, string end = ".") => new($"{what}: {problem}{end}");
    }
}
