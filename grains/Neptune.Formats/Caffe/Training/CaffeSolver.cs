using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Imports a solver: its net in the phase TRAIN, whose one output meets the loss, and how that is trained
/// (https://caffe.berkeleyvision.org/tutorial/solver.html).
/// </summary>
internal static class CaffeSolver
{
    private static readonly string[] Nets = ["net", "net_param", "train_net", "train_net_param"];

    // What is shown, tested and saved on the way, and where it runs.
    private static readonly string[] Unimportant =
    [
        "average_loss",
        "debug_info",
        "device_id",
        "display",
        "layer_wise_reduce",
        "snapshot",
        "snapshot_after_train",
        "snapshot_diff",
        "snapshot_format",
        "snapshot_prefix",
        "solver_mode",
        "test_compute_loss",
        "test_initialization",
        "test_interval",
        "test_iter",
        "test_net",
        "test_net_param",
        "test_state",
        // Settings of other policies and solvers than the one that is chosen.
        "delta",
        "gamma",
        "momentum2",
        "power",
        "rms_decay",
        "stepsize",
        "stepvalue",
    ];

    /// <summary>Imports.</summary>
    /// <param name="path">The solver's file; others that it names lie in its folder.</param>
    /// <param name="solver">What it says.</param>
    /// <param name="weights">Weights to begin with; null takes those that it names, or draws them.</param>
    /// <param name="options">What the caller gives.</param>
    /// <exception cref="ModelFileException">It asks for what is not known, or names no sound net.</exception>
    public static ImportedModel Import(string path, CaffeMessage solver, CaffeNet? weights, ImportOptions options)
    {
        solver.Ignore(Unimportant);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var net = NetOf(solver, folder);
        var seed = solver.Whole("random_seed");
        var import = new CaffeImport
        {
            Net = net,
            Weights = weights ?? WeightsOf(solver, folder),
            MayMiss = true,
            Folder = folder,
            Options = options,
            Seed = seed >= 0 ? (ulong)seed : 0,
        };
        var state = new CaffeState(true).With(net.Message.Message("state")).With(solver.Message("train_state"));
        var wiring = new CaffeWiring(net.In(state), net.Layers);
        var model = import.Train(wiring, (loss, parameters) => Settings(solver, net, wiring, loss, parameters));
        if (solver.Unread.FirstOrDefault() is { } unread)
        {
            throw solver
                .PlaceOf(unread)
                .Error($"{unread} is no setting of a solver. {NearestNames.Offer(unread, solver.Type.FieldNames)}");
        }
        return model with { Source = $"Caffe solver (V{net.Version} layers)" };
    }

    private static ImportedTraining Settings(
        CaffeMessage solver,
        CaffeNet net,
        CaffeWiring wiring,
        CaffeLoss loss,
        IReadOnlyDictionary<string, CaffeParam> parameters
    )
    {
        var own = new CaffeTraining(net, wiring, loss);
        var passes = solver.Whole("iter_size");
        if (passes < 1 || (passes > 1 && !loss.IsMean))
        {
            throw solver
                .PlaceOf("iter_size")
                .Error($"iter_size is {passes}, and must be at least 1, and 1 where the loss has an ignore_label.");
        }
        var batch = checked((own.BatchSize ?? throw own.Data.Error("batch_size is missing. Give it.")) * passes);
        return new()
        {
            Loss = loss.Loss,
            Optimizer = CaffeOptimizers.Of(solver, loss.Factor) with
            {
                Clipping = Clipping(solver, loss.Factor * passes),
            },
            Metrics = own.Metrics(),
            Updates = CaffeTraining.Updates(parameters, Decay(solver) / loss.Factor, IsL1(solver)),
            BatchSize = batch is > 0 and <= int.MaxValue
                ? (int)batch
                : throw own.Data.Error($"a step has {batch} samples (batch_size times iter_size). Give at least 1."),
            Steps = solver.Has("max_iter") ? Steps(solver) : null,
            InputScale = own.InputScale,
        };
    }

    // Caffe clips what its passes have added up, before it divides that by their number.
    private static GradientClipping.GlobalNorm? Clipping(CaffeMessage solver, float factor) =>
        solver.Real("clip_gradients") switch
        {
            < 0 => null,
            > 0 and <= float.MaxValue and var limit => new(limit / factor, BeforePenalty: true),
            var other => throw solver
                .PlaceOf("clip_gradients")
                .Error($"clip_gradients is {other}, and must be a finite number greater than 0, or below 0 for none."),
        };

    private static long Steps(CaffeMessage solver) =>
        solver.Whole("max_iter") is > 0 and var steps
            ? steps
            : throw solver
                .PlaceOf("max_iter")
                .Error($"max_iter is {solver.Whole("max_iter")}, and must be greater than 0.");

    private static float Decay(CaffeMessage solver)
    {
        var decay = solver.Has("weight_decay") ? solver.Real("weight_decay") : 0;
        return decay >= 0 && float.IsFinite(decay)
            ? decay
            : throw solver
                .PlaceOf("weight_decay")
                .Error($"weight_decay is {decay}, and must be a finite number from 0.");
    }

    private static bool IsL1(CaffeMessage solver) =>
        solver.Text("regularization_type") switch
        {
            "L1" => true,
            "L2" => false,
            var other => throw solver
                .PlaceOf("regularization_type")
                .Error($"regularization_type is {other}, and must be L1 or L2."),
        };

    private static CaffeNet NetOf(CaffeMessage solver, string folder)
    {
        var given = Nets.Where(solver.Has).ToArray();
        if (given is not [var field])
        {
            throw solver.Place.Error(
                $"a solver names one net, by net, net_param, train_net or train_net_param; this one has {given.Length} of them."
            );
        }
        if (field.EndsWith("_param", StringComparison.Ordinal))
        {
            return CaffeNet.Of(solver.Message(field), solver.Place.File);
        }
        var file = CaffeFiles.Find(folder, solver.Text(field), solver.PlaceOf(field));
        return CaffeReader.ReadNet(CaffeFiles.ReadText(file), Path.GetFileName(file));
    }

    private static CaffeNet? WeightsOf(CaffeMessage solver, string folder)
    {
        if (!solver.Has("weights"))
        {
            return null;
        }
        // Several are listed with commas, or one by one.
        var files = solver
            .Texts("weights")
            .SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries))
            .ToArray();
        return files is [var only]
            ? CaffeReader.ReadWeights(CaffeFiles.Find(folder, only, solver.PlaceOf("weights")))
            : throw solver.PlaceOf("weights").Error($"{files.Length} files of weights are named. Name one.");
    }
}
