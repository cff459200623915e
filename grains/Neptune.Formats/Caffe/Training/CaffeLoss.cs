using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>A net's loss in Neptune's terms.</summary>
/// <param name="Step">The layer.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Output">The value that meets it.</param>
/// <param name="Factor">The net's loss is this many times Neptune's.</param>
/// <param name="IsMean">True where the loss of several parts of a batch is the mean of the parts' losses.</param>
internal sealed record CaffeLoss(CaffeStep Step, Loss Loss, int Output, float Factor, bool IsMean)
{
    private const string NotKnown = "is not trained";

    /// <summary>The layer of a net's one loss.</summary>
    /// <exception cref="ModelFileException">There is none or several, or it does not compare a prediction with labels.</exception>
    public static CaffeStep StepOf(CaffeNet net, CaffeWiring wiring)
    {
        var losses = wiring.Steps.Where(step => WeightOf(step.Layer) != 0).ToArray();
        if (losses is not [var step])
        {
            throw new ModelFileException(
                losses.Length == 0
                    ? $"{net.File}: the net has no loss in the phase TRAIN. Give it a loss layer, such as SoftmaxWithLoss."
                    : $"{net.File}: the net has {losses.Length} losses ({string.Join(", ", losses.Select(l => l.Layer.Name))}), and one is trained. "
                        + "Take the others out, or give them loss_weight: 0."
            );
        }
        var layer = step.Layer;
        if (!CaffeLayers.IsLoss(layer))
        {
            throw layer.Error($"its loss_weight makes it a loss, which {NotKnown}. Use a loss layer.");
        }
        return step.Inputs.Length == 2 && CaffeLayers.IsData(wiring.MakerOf(step.Inputs[1]).Layer)
            ? step
            : throw layer.Error("it must read a prediction, and labels as the data gives them.");
    }

    /// <summary>The loss of that layer.</summary>
    /// <exception cref="ModelFileException">It, or a setting of it, is not known.</exception>
    public static CaffeLoss Of(CaffeStep step, CaffeWiring wiring, Shape output)
    {
        var layer = step.Layer;
        var loss = Unscaled(step, wiring, output);
        var labels = wiring.MakerOf(step.Inputs[1]);
        if (labels.Outputs[0] == step.Inputs[1] && !CaffeTransform.Of(labels.Layer).IsNone)
        {
            throw layer.Error(
                $"its labels are scaled by {labels.Layer.Name}, and are taken as they are. Take that out."
            );
        }
        var others = layer.Message.Message("loss_param").Unread.Concat(layer.Message.Unknown.Select(u => u.Name));
        if (others.FirstOrDefault() is { } unread)
        {
            throw layer.Error($"the setting {unread} {NotKnown}. Take it out.");
        }
        return loss with { Factor = WeightOf(layer) * ShareOf(layer, output) };
    }

    private static CaffeLoss Unscaled(CaffeStep step, CaffeWiring wiring, Shape shape)
    {
        var layer = step.Layer;
        var (output, settings) = (step.Inputs[0], layer.Message.Message("loss_param"));
        settings.Ignore("ignore_label", "normalization", "normalize");
        switch (layer.Type)
        {
            case "SoftmaxWithLoss":
                var ignored = settings.Has("ignore_label") ? settings.Whole("ignore_label") : (long?)null;
                CheckClasses(
                    layer,
                    shape,
                    layer.Message.Type.Find("softmax_param") is null ? null : layer.Message.Message("softmax_param")
                );
                Normalization(layer, settings, "VALID", ignored is null ? ["VALID", "FULL", "BATCH_SIZE"] : ["VALID"]);
                return new(
                    step,
                    new Loss.SparseCategoricalCrossentropy(FromLogits: true, ignored),
                    output,
                    1,
                    ignored is null
                );
            case "MultinomialLogisticLoss" when wiring.MakerOf(output).Layer.Type == "Softmax":
                CheckClasses(layer, shape, wiring.MakerOf(output).Layer.Message.Message("softmax_param"));
                return new(step, new Loss.SparseCategoricalCrossentropy(), output, 1, true);
            case "MultinomialLogisticLoss":
                throw layer.Error(
                    $"it reads what is no Softmax, which {NotKnown}. Use SoftmaxWithLoss on what has none."
                );
            case "SigmoidCrossEntropyLoss":
                if (settings.Has("ignore_label"))
                {
                    throw layer.Error($"a sigmoid's loss with ignore_label {NotKnown}. Take it out.");
                }
                var sums =
                    Normalization(layer, settings, "BATCH_SIZE", ["BATCH_SIZE", "VALID", "FULL"]) == "BATCH_SIZE";
                return new(step, new Loss.BinaryCrossentropy(FromLogits: true, Sum: sums), output, 1, true);
            case "EuclideanLoss":
                return new(step, new Loss.MeanSquaredError(), output, 1, true);
            default:
                throw layer.Error($"this loss {NotKnown}: {CaffeLayers.Find(layer.Type)!.Settings}.");
        }
    }

    // Half the sum of squares over outputs, where Neptune's is their mean.
    private static float ShareOf(CaffeLayer layer, Shape shape)
    {
        if (layer.Type != "EuclideanLoss")
        {
            return 1;
        }
        return
            shape.Dimensions.Skip(1).All(d => d.IsFixed) && shape.WithoutFirst().ElementCount() is > 0 and var outputs
            ? outputs / 2f
            : throw layer.Error($"its prediction has shape {shape}, of which one sample's size must be known.");
    }

    private static float WeightOf(CaffeLayer layer)
    {
        var weight = layer.LossWeights.IsEmpty ? (CaffeLayers.IsLoss(layer) ? 1 : 0) : layer.LossWeights[0];
        if (layer.LossWeights.Skip(1).Any(other => other != 0) || !(weight >= 0) || !float.IsFinite(weight))
        {
            throw layer.Error("its loss_weight must be one finite number from 0, for its first top.");
        }
        return weight;
    }

    private static void CheckClasses(CaffeLayer layer, Shape shape, CaffeMessage? softmax)
    {
        var axis = softmax?.Whole("axis") ?? 1;
        var isPlain =
            (axis == 1 || axis == 1 - shape.Rank) && shape.Rank >= 2 && shape.Dimensions.Skip(2).All(d => d == 1);
        if (!isPlain)
        {
            throw layer.Error(
                $"its prediction has shape {shape} with classes along axis {axis}; one label for each sample, with classes along axis 1, is trained."
            );
        }
    }

    private static string Normalization(CaffeLayer layer, CaffeMessage settings, string otherwise, string[] known)
    {
        var mode =
            settings.Has("normalization") ? settings.Text("normalization")
            : settings.Has("normalize") ? (settings.Flag("normalize") ? "VALID" : "BATCH_SIZE")
            : otherwise;
        return known.Contains(mode)
            ? mode
            : throw layer.Error($"normalization {mode} {NotKnown} here. Use {string.Join(" or ", known)}.");
    }
}
