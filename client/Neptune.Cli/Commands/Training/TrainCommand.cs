using System.Collections.Immutable;
using System.CommandLine;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Cli.Commands;

/// <summary><c>neptune train</c>.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string?> ModelFile = new("FILE")
    {
        Description =
            "A model file of another framework to train as it says: a Caffe solver, a compiled Keras model; --optimizer, "
            + "--loss, --epochs, --steps, --batch and --shards take the place of what it says.",
        Arity = ArgumentArity.ZeroOrOne,
        Validators = { UsageErrors.RefuseOptions },
    };
    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = "The file of weights that belongs to FILE, to begin with: Caffe's .caffemodel.",
        HelpName = "FILE",
    };
    private static readonly Option<string?> InputShape = InputShapeOption.Create();
    private static readonly Option<string?> Model = new("--model")
    {
        Description =
            "A model of the registry to train on (NAME, NAME@VERSION), or the layers of a new one: dense:UNITS[:ACTIVATION], conv2d:FILTERS:KERNEL[:ACTIVATION][:same], maxpool[:SIZE], "
            + "avgpool[:SIZE], globalavgpool, batchnorm, dropout:RATE, flatten, reshape:LENGTHS, activation:NAME.",
        HelpName = "flatten,dense:64:relu,dense:10:softmax",
    };
    private static readonly Option<string?> Data = new("--data")
    {
        Description =
            "The data set to train on; the split is train where left out. With FILE also a folder of pictures, which is "
            + "imported at the size that the model takes.",
        HelpName = "NAME[@VERSION][:SPLIT]",
    };
    private static readonly Option<string?> Resume = new("--resume")
    {
        Description = "Go on with a job that was stopped, from its last package.",
        HelpName = "JOB",
    };
    private static readonly Option<string?> From = new("--from")
    {
        Description =
            "Start from a kept version of another job: weights, optimizer state and position in the data. Model, data, "
            + "batch and seed must be those of that job.",
        HelpName = "JOB[@STEP]",
    };
    private static readonly Option<string> Optimizer = new("--optimizer")
    {
        Description =
            "adam[:RATE], adamw[:RATE[:DECAY]], sgd[:RATE[:MOMENTUM[:nesterov]]], rmsprop[:RATE[:RHO[:MOMENTUM]]], "
            + "adagrad[:RATE], adadelta[:RATE[:RHO]] or adamax[:RATE].",
        HelpName = "NAME[:RATE]",
        DefaultValueFactory = _ => "adam:0.001",
    };
    private static readonly Option<string?> Loss = new("--loss")
    {
        Description =
            "sparse_categorical_crossentropy[:logits], categorical_crossentropy[:logits], binary_crossentropy[:logits], "
            + "mean_squared_error, mean_absolute_error or huber[:DELTA]; by default the first for classes, mean_squared_error for values.",
        HelpName = "NAME",
    };
    private static readonly Option<string?> Metrics = new("--metrics")
    {
        Description =
            "What is measured besides the loss: accuracy, top_k_accuracy[:K], binary_accuracy[:THRESHOLD], "
            + "precision[:THRESHOLD], recall[:THRESHOLD], auc, mae, mse, rmse, mape; by default accuracy where there are classes.",
        HelpName = "NAME[,NAME...]",
    };
    private static readonly Option<int> Epochs = NumberOption.WithDefault("--epochs", "Passes over the data.", 10);
    private static readonly Option<int?> Steps = NumberOption.Optional(
        "--steps",
        "Optimizer steps in all, in place of --epochs: the last epoch may end early."
    );
    private static readonly Option<double> ValidationSplit = NumberOption.Share(
        "--validation-split",
        "The share of the samples that validates after each epoch.",
        0
    );
    private static readonly Option<bool> NoShuffle = new("--no-shuffle")
    {
        Description = "Keep the order of the samples in every epoch.",
    };
    private static readonly Option<int> Batch = NumberOption.WithDefault("--batch", "Samples per gradient shard.", 16);
    private static readonly Option<int> Shards = NumberOption.WithDefault(
        "--shards",
        "Gradient shards per step: a step takes shards times batch samples.",
        4
    );
    private static readonly Option<ulong> Seed = NumberOption.Seed(0);
    private static readonly Option<int?> Nodes = NumberOption.Optional(
        "--nodes",
        "How many nodes to use (also --max); all by default. The weights' bits do not depend on it.",
        aliases: "--max"
    );
    private static readonly Option<int?> Min = NumberOption.Optional(
        "--min",
        "How many nodes to begin with at least: the job takes more, up to --max, as they get free."
    );
    private static readonly Option<bool> MixedNumerics = new("--mixed-numerics")
    {
        Description =
            "Let nodes of unlike numerics (processors, thread counts) work together: the weights' bits then depend on "
            + "which node computed what.",
    };
    private static readonly Option<bool> Watch = new("--watch")
    {
        Description = "Follow the job to its end: what the command does anyway.",
    };
    private static readonly Option<string?> Name = new("--name")
    {
        Description = "The model's name in the registry; the data set's by default.",
        HelpName = "MODEL",
    };

    private static readonly Option<string[]> Freeze = new("--freeze")
    {
        Description =
            "Parameters of a model of the registry or of FILE that stay as they are, with * for any characters: conv*.",
        HelpName = "PATTERN",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int?> ResetHead = NumberOption.Optional(
        "--reset-head",
        "Give a model of the registry, or FILE, a new last layer of so many classes."
    );

    /// <summary>All that a new job is made of.</summary>
    private static readonly Option[] Settings =
    [
        Model,
        Data,
        Optimizer,
        Loss,
        Metrics,
        Epochs,
        Steps,
        ValidationSplit,
        NoShuffle,
        Batch,
        Shards,
        Seed,
        Nodes,
        Min,
        MixedNumerics,
        Name,
        From,
        Weights,
        InputShape,
        Freeze,
        ResetHead,
        .. CheckpointOptions.All,
    ];

    public static Command Create()
    {
        var command = new Command("train", "Trains a model, or goes on with a job (--resume).")
        {
            ModelFile,
            Resume,
            Watch,
        };
        foreach (var setting in Settings)
        {
            command.Add(setting);
        }
        return command.Runs(RunAsync);
    }

    private static Task RunAsync(Session session, CancellationToken cancellation)
    {
        if (session.Get(Resume) is not { } job)
        {
            return TrainAsync(session, cancellation);
        }
        // A resumed job is what it was: an option that would be ignored is refused.
        if (Settings.FirstOrDefault(session.IsGiven) is { } other)
        {
            throw new UsageException($"A resumed job keeps its settings. Leave out {other.Name}, or --resume.");
        }
        if (session.Get(ModelFile) is not null)
        {
            throw new UsageException("A resumed job keeps its model. Leave out the file, or --resume.");
        }
        return JobsResumeCommand.ResumeAsync(session, job, cancellation);
    }

    private static Task TrainAsync(Session session, CancellationToken cancellation)
    {
        if (session.IsGiven(Epochs) && session.IsGiven(Steps))
        {
            throw new UsageException("--epochs and --steps both say how long to train. Leave one out.");
        }
        if (session.Get(ModelFile) is not { } file)
        {
            Option[] ofFiles = [Weights, InputShape];
            return ofFiles.FirstOrDefault(session.IsGiven) is { } alone
                ? throw new UsageException($"{alone.Name} belongs to a model file. Give one, such as solver.prototxt.")
                : TrainModelAsync(session, cancellation);
        }
        Option[] unfit = [Model, From];
        return unfit.FirstOrDefault(session.IsGiven) is { } other
            ? throw new UsageException($"{other.Name} and the file {file} are two things to train. Leave one out.")
            : TrainFileAsync(session, file, cancellation);
    }

    private static async Task TrainFileAsync(Session session, string path, CancellationToken cancellation)
    {
        var dataName = session.Get(Data) ?? throw Missing("--data digits");
        var import = new ImportSettings
        {
            Name = session.Get(Name),
            WeightsFile = session.Get(Weights),
            InputShape = InputShapeOption.Of(session, InputShape),
        };
        await using var neptune = await session.ConnectAsync(cancellation, session.Get(Nodes));
        var (file, data) = await TrainFile.ReadAsync(neptune, path, dataName, import, cancellation);
        var settings = file.SettingsFor(data) with
        {
            Freeze = [.. session.Get(Freeze) ?? []],
            ResetHead = session.Get(ResetHead),
        };
        if (session.IsGiven(Optimizer))
        {
            settings = settings with { Optimizer = ModelText.ParseOptimizer(session.Get(Optimizer)) };
        }
        if (session.Get(Loss) is { } loss)
        {
            settings = settings with { Loss = ModelText.ParseLoss(loss) };
        }
        if (session.Get(Metrics) is { } metrics)
        {
            settings = settings with { Metrics = ModelText.ParseMetrics(metrics) };
        }
        var (wanted, given) = (file.Options, OptionsOf(session));
        var options = given with
        {
            Steps = session.IsGiven(Epochs) || session.IsGiven(Steps) ? given.Steps : wanted.Steps,
            PerDeviceBatchSize = session.IsGiven(Batch) ? given.PerDeviceBatchSize : wanted.PerDeviceBatchSize,
            Shards = session.IsGiven(Shards) ? given.Shards : wanted.Shards,
        };
        TrainFile.Show(session.Output, file, settings, options);
        var history = await TrainingCommand.FollowAsync(
            session,
            progress => neptune.FineTuneAsync(file, data, settings, options, progress, cancellation)
        );
        TrainingCommand.ShowResult(session, history);
    }

    private static async Task TrainModelAsync(Session session, CancellationToken cancellation)
    {
        var text = session.Get(Model) ?? throw Missing("--model flatten,dense:64:relu,dense:10:softmax");
        var isNew = ModelText.IsLayers(text);
        var model = isNew ? ModelText.ParseSequential(text) : null;
        Option[] unfit = isNew ? [Freeze, ResetHead] : [From];
        if (unfit.FirstOrDefault(session.IsGiven) is { } other)
        {
            throw new UsageException(
                isNew
                    ? $"{other.Name} is for a model of the registry, and --model gives layers. Leave one out."
                    : $"{other.Name} and a model of the registry are two things to start from. Leave one out."
            );
        }
        var optimizer = ModelText.ParseOptimizer(session.Get(Optimizer));
        var loss = session.Get(Loss) is { } lossText ? ModelText.ParseLoss(lossText) : null;
        ImmutableArray<Metric>? metrics = session.Get(Metrics) is { } names ? ModelText.ParseMetrics(names) : null;
        var dataName = DatasetRef.Parse(session.Get(Data) ?? throw Missing("--data digits"));
        var from = session.Get(From) is { } version ? JobOrigin.Parse(version) : null;

        await using var neptune = await session.ConnectAsync(cancellation, session.Get(Nodes));
        var data = await neptune.Data.GetAsync(dataName.ToString());
        var options = OptionsOf(session);
        var history = await TrainingCommand.FollowAsync(
            session,
            progress =>
                model is null
                    ? neptune.FineTuneAsync(
                        text,
                        data,
                        new()
                        {
                            Optimizer = optimizer,
                            Loss = loss,
                            Metrics = metrics,
                            Freeze = [.. session.Get(Freeze) ?? []],
                            ResetHead = session.Get(ResetHead),
                        },
                        options,
                        progress,
                        cancellation
                    )
                    : neptune.FitAsync(
                        Compiled(model, optimizer, loss, metrics, data),
                        data,
                        options with
                        {
                            Name = options.Name ?? data.Ref.Name.Value,
                        },
                        from,
                        progress,
                        cancellation
                    )
        );
        TrainingCommand.ShowResult(session, history);
    }

    private static FitOptions OptionsOf(Session session) =>
        new()
        {
            Epochs = session.Get(Epochs),
            Steps = session.Get(Steps),
            ValidationSplit = session.Get(ValidationSplit),
            Shuffle = !session.Get(NoShuffle),
            PerDeviceBatchSize = session.Get(Batch),
            Shards = session.Get(Shards),
            Seed = session.Get(Seed),
            Nodes = session.Get(Nodes),
            Name = session.Get(Name),
            MixedNumerics = session.Get(MixedNumerics),
            LeastNodes = session.Get(Min),
            Retention = CheckpointOptions.Retention(session, new()),
            CheckpointInterval = CheckpointOptions.Interval(session),
        };

    private static Sequential Compiled(
        Sequential model,
        Optimizer optimizer,
        Loss? loss,
        ImmutableArray<Metric>? metrics,
        DatasetView data
    )
    {
        var classes = data.Info.Labels.Length > 0;
        return model.Compile(
            optimizer,
            loss ?? (classes ? Layers.SparseCategoricalCrossentropy() : Layers.MeanSquaredError()),
            metrics ?? (classes ? [Layers.Accuracy()] : [])
        );
    }

    private static UsageException Missing(string example) =>
        new($"There is no {example.Split(' ')[0]}. Give one, such as {example}; or --resume JOB.");
}
