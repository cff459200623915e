using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Makes a model of a net and weights.</summary>
internal sealed record CaffeImport
{
    /// <summary>The net.</summary>
    public required CaffeNet Net { get; init; }

    /// <summary>The file and layers of the weights; null draws them.</summary>
    public CaffeNet? Weights { get; init; }

    /// <summary>True where layers that the weights lack are drawn.</summary>
    public bool MayMiss { get; init; }

    /// <summary>What the caller gives.</summary>
    public required ImportOptions Options { get; init; }

    /// <summary>Where files that the net names lie; null where none are read.</summary>
    public string? Folder { get; init; }

    /// <summary>For weights that are drawn.</summary>
    public ulong Seed { get; init; }

    /// <summary>The net as a model that answers; where it has losses, with what it says of training.</summary>
    /// <exception cref="ModelFileException">It is not sound, or uses what is not known.</exception>
    public ImportedModel Run()
    {
        var state = new CaffeState(true).With(Net.Message.Message("state"));
        var training = Net.In(state);
        var isTraining = state.IsTraining && training.Any(CaffeLayers.IsLoss) && training.Any(CaffeLayers.IsData);
        var wiring = new CaffeWiring(
            isTraining ? training : Net.In(new CaffeState(false).With(Net.Message.Message("state"))),
            Net.Layers
        );
        var outputs = Outputs(wiring);
        if (outputs.IsEmpty)
        {
            throw new ModelFileException($"{Net.File}: the net gives nothing. Give it a layer whose top none reads.");
        }
        if (!isTraining)
        {
            return Translate(wiring, outputs, isTraining: false, scales: true).Model;
        }
        try
        {
            if (outputs is [var output] && CaffeLoss.StepOf(Net, wiring).Inputs[0] == output)
            {
                return Train(wiring, (loss, parameters) => WithoutSolver(wiring, loss, parameters));
            }
        }
        catch (ModelFileException error) when (error is not UnsupportedOperatorsException)
        {
            var model = Translate(wiring, outputs, isTraining: true, scales: true).Model;
            return model with { Notes = [.. model.Notes, $"How it is trained is not known: {error.Message}"] };
        }
        return Translate(wiring, outputs, isTraining: true, scales: true).Model;
    }

    /// <summary>The net with its loss's prediction as its one output, and how it is trained.</summary>
    /// <param name="wiring">The net in the phase TRAIN.</param>
    /// <param name="settings">Makes the settings of the loss and the parameters.</param>
    /// <exception cref="ModelFileException">It is not sound, or uses what is not known.</exception>
    public ImportedModel Train(
        CaffeWiring wiring,
        Func<CaffeLoss, IReadOnlyDictionary<string, CaffeParam>, ImportedTraining> settings
    )
    {
        var step = CaffeLoss.StepOf(Net, wiring);
        var (model, translation) = Translate(wiring, [step.Inputs[0]], isTraining: true, scales: false);
        try
        {
            var loss = CaffeLoss.Of(step, wiring, model.Graph.Outputs[0].Shape);
            return model with
            {
                Graph = loss.Loss is Loss.SparseCategoricalCrossentropy ? WithRows(model.Graph) : model.Graph,
                Training = settings(loss, translation.Parameters.Params),
                Notes = [.. model.Notes, .. new CaffeTraining(Net, wiring, loss).Notes()],
            };
        }
        catch (OverflowException problem)
        {
            throw new ModelFileException(
                $"{Net.File}: the prediction or a step has more elements than can be counted. Make it smaller.",
                problem
            );
        }
    }

    /// <summary>Translates, with a batch of any size where the net allows it.</summary>
    public (ImportedModel Model, CaffeTranslation Translation) Translate(
        CaffeWiring wiring,
        ImmutableArray<int> outputs,
        bool isTraining,
        bool scales
    )
    {
        if (HasOneBatch(wiring))
        {
            try
            {
                var free = Translate(true);
                if (
                    free.Model.Graph.Outputs.All(o =>
                        o.Shape is { IsKnown: true, Rank: > 0 } s && s[0] == Dimension.Batch
                    )
                )
                {
                    return free;
                }
            }
            catch (ModelFileException)
            {
                // It works for its own batch only, or is wrong, which the other way tells.
            }
        }
        return Translate(false);

        (ImportedModel Model, CaffeTranslation Translation) Translate(bool isFreed)
        {
            var translation = new CaffeTranslation(
                Net,
                wiring,
                outputs,
                new(Weights?.File, Weights?.Layers ?? [], MayMiss),
                new(Options.InputShape, isFreed, scales, Folder),
                Options.Name,
                isTraining,
                Seed
            );
            return (translation.Run(), translation);
        }
    }

    private ImportedTraining WithoutSolver(
        CaffeWiring wiring,
        CaffeLoss loss,
        IReadOnlyDictionary<string, CaffeParam> parameters
    )
    {
        var training = new CaffeTraining(Net, wiring, loss);
        return new()
        {
            Loss = loss.Loss,
            Metrics = training.Metrics(),
            Updates = CaffeTraining.Updates(parameters, 0, isL1: false),
            BatchSize = training.BatchSize is > 0 and <= int.MaxValue and var size ? (int)size : null,
            InputScale = training.InputScale,
        };
    }

    // Scores of one place for each sample become rows, which losses of classes take.
    private static Graph WithRows(Graph graph)
    {
        var output = graph.Outputs[0];
        if (output.Shape.Rank == 2)
        {
            return graph;
        }
        var names = graph
            .Operations.SelectMany(o => o.Outputs.Append(o.Name))
            .Concat(graph.Parameters.Select(p => p.Name));
        var name = new CaffeNames(names).Value($"{output.Name}.rows");
        var flatten = new Operation
        {
            Name = name,
            Type = "Flatten",
            Inputs = [output.Name],
            Outputs = [name],
        };
        return graph with
        {
            Operations = [.. graph.Operations, flatten],
            Outputs = [new(name, output.Type, new(output.Shape[0], output.Shape[1]))],
        };
    }

    // Those that no layer reads; of losses and accuracies what they judge. The last layer's comes first: it is the answer.
    private static ImmutableArray<int> Outputs(CaffeWiring wiring)
    {
        var outputs = new List<int>();
        foreach (var value in wiring.Unread)
        {
            var maker = wiring.MakerOf(value);
            var definition = CaffeLayers.Find(maker.Layer.Type);
            var judges =
                definition is { IsSink: true } || (definition is { IsLoss: true } && maker.Outputs[0] == value);
            if (definition is not { IsData: true } && (!judges || maker.Inputs.Length > 0))
            {
                outputs.Add(judges ? maker.Inputs[0] : value);
            }
        }
        outputs.RemoveAll(value => CaffeLayers.IsData(wiring.MakerOf(value).Layer));
        outputs.Reverse();
        var distinct = outputs.Distinct().ToArray();
        return [.. distinct.Take(1), .. distinct.Skip(1).Reverse()];
    }

    private static bool HasOneBatch(CaffeWiring wiring)
    {
        var batches = wiring
            .Steps.Where(step => CaffeLayers.IsData(step.Layer))
            .SelectMany(step => step.Outputs.Select((_, top) => CaffeInputs.LengthsOf(step.Layer, top)))
            .Where(lengths => lengths is not null)
            .Select(lengths => lengths!.Length > 0 ? lengths[0] : -1)
            .Distinct()
            .ToArray();
        return batches.Length == 0 || batches is [>= 0];
    }
}
