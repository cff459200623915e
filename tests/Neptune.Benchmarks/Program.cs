using System.CommandLine;
using Neptune.Benchmarks;
using Neptune.Collectives;

Neptune.Torch.NativeAllocator.Tune(); // for the plain loop too

var json = new Option<bool>("--json") { Description = "Prints one JSON document for programs." };
var quick = new Option<bool>("--quick") { Description = "Fewer blocks, for a first impression." };
var peer = new Option<string?>("--peer") { Description = "Compares with another framework too: pytorch." };
var only = new Option<string?>("--only") { Description = "Only workloads whose name contains this." };
peer.AcceptOnlyFromAmong("pytorch");

var training = new Command("training", "Samples per second, next to the plain TorchSharp loop.")
{
    json,
    quick,
    peer,
    only,
};
training.SetAction(
    (arguments, cancellation) =>
        TrainingCommand.RunAsync(
            arguments.GetValue(json),
            arguments.GetValue(quick),
            arguments.GetValue(peer),
            arguments.GetValue(only),
            cancellation
        )
);
var memory = new Command("memory", "Native memory at step 10,000 next to step 100.") { json };
memory.SetAction((arguments, cancellation) => MemoryCommand.RunAsync(arguments.GetValue(json), cancellation));

var link = new Option<LinkKind?>("--link") { Description = "Only one kind: Shared (memory), Unix or Tcp." };
var processes = new Option<int?>("--processes") { Description = "Only so many." };
var algorithm = new Option<ExchangeAlgorithm>("--algorithm") { Description = "Forces how sums travel." };
var chunk = new Option<int>("--chunk-bytes")
{
    Description = "Bytes that travel at a time.",
    DefaultValueFactory = _ => new GroupOptions().ChunkBytes,
};
var spin = new Option<double>("--spin-us")
{
    Description = "Microseconds that a rank looks for bytes before it sleeps.",
    DefaultValueFactory = _ => new GroupOptions().Spin.TotalMicroseconds,
};
var sizes = new Option<long[]>("--bytes") { Description = "Only vectors of so many bytes, multiples of 4." };
var allReduce = new Command("allreduce", "Sums between processes, next to a plain socket's copy of the same bytes.")
{
    json,
    quick,
    link,
    processes,
    algorithm,
    chunk,
    spin,
    sizes,
};
allReduce.SetAction(
    (arguments, cancellation) =>
    {
        var choice = new AllReduceChoice
        {
            Algorithm = arguments.GetValue(algorithm),
            ChunkBytes = arguments.GetValue(chunk),
            SpinMicroseconds = arguments.GetValue(spin),
        };
        choice = choice with
        {
            Links = arguments.GetValue(link) is { } onlyLink ? [onlyLink] : choice.Links,
            Processes = arguments.GetValue(processes) is { } count ? [count] : choice.Processes,
            Sizes = arguments.GetValue(sizes) is { Length: > 0 } onlySizes ? onlySizes : choice.Sizes,
            Budget = arguments.GetValue(quick) ? choice.Budget / 8 : choice.Budget,
        };
        return AllReduceCommand.RunAsync(choice, arguments.GetValue(json), cancellation);
    }
);
var rank = new Command(AllReduceCommand.RankCommand, "One process of allreduce.") { Hidden = true };
rank.SetAction((_, cancellation) => AllReduceRank.RunAsync(cancellation));

var kind = new Option<LinkKind>("--link") { Description = "Forces a kind of link: Shared (memory), Unix or Tcp." };
var scaling = new Command("scaling", "Two processes that train one model, next to two independent plain loops.")
{
    json,
    quick,
    peer,
    only,
    kind,
};
scaling.SetAction(
    (arguments, cancellation) =>
        ScalingCommand.RunAsync(
            arguments.GetValue(kind),
            arguments.GetValue(only),
            arguments.GetValue(peer),
            arguments.GetValue(quick),
            arguments.GetValue(json),
            cancellation
        )
);
var breakdown = new Command("step-breakdown", "Where the time of a step of one and of two processes goes.")
{
    json,
    only,
    kind,
};
breakdown.SetAction(
    (arguments, cancellation) =>
        StepBreakdownCommand.RunAsync(
            arguments.GetValue(kind),
            arguments.GetValue(only),
            arguments.GetValue(json),
            cancellation
        )
);
var predict = new Command(
    "predict-scale",
    "A model of a step's time, compared with this machine, and what it expects of more."
)
{
    json,
    quick,
};
predict.SetAction(
    (arguments, cancellation) =>
        PredictScaleCommand.RunAsync(arguments.GetValue(quick), arguments.GetValue(json), cancellation)
);
var checkpoint = new Command("checkpoint", "What a checkpoint costs, on the step's path and behind it.")
{
    json,
    quick,
};
checkpoint.SetAction(
    (arguments, cancellation) =>
        CheckpointCommand.RunAsync(arguments.GetValue(json), arguments.GetValue(quick), cancellation)
);
var events = new Option<int>("--events")
{
    Description = "How many kills, and as many freezes.",
    DefaultValueFactory = _ => 100,
};
var recovery = new Command("recovery", "How long a job pauses when one of four silo processes is killed or frozen.")
{
    events,
    json,
};
recovery.SetAction((arguments, _) => RecoveryCommand.RunAsync(arguments.GetValue(events), arguments.GetValue(json)));
var coordinator = new Command(
    "coordinator",
    "When a job is manageable again whose coordinator's silo was killed, and whether its steps were late."
)
{
    events,
    json,
};
coordinator.SetAction(
    (arguments, _) => CoordinatorCommand.RunAsync(arguments.GetValue(events), arguments.GetValue(json))
);
var rescale = new Command("rescale", "How long a job pauses while it is scaled from 2 silo processes to 5 and to 3.")
{
    events,
    json,
};
rescale.SetAction((arguments, _) => RescaleCommand.RunAsync(arguments.GetValue(events), arguments.GetValue(json)));
var starts = new Option<int>("--starts") { Description = "How many.", DefaultValueFactory = _ => 10 };
var start = new Command("start", "How long after its start a further silo's node is listed.") { starts, json };
start.SetAction((arguments, _) => StartCommand.RunAsync(arguments.GetValue(starts), arguments.GetValue(json)));
var minutes = new Option<double>("--minutes") { Description = "Under kills.", DefaultValueFactory = _ => 10 };
var between = new Option<double>("--between") { Description = "Seconds.", DefaultValueFactory = _ => 15 };
var goodput = new Command("goodput", "Steps per second while silo processes are killed in turn, next to peace.")
{
    minutes,
    between,
    json,
};
goodput.SetAction(
    (arguments, _) =>
        GoodputCommand.RunAsync(arguments.GetValue(minutes), arguments.GetValue(between), arguments.GetValue(json))
);
var straggler = new Command("straggler", "What one node that gets five times slower costs a job of four.") { json };
straggler.SetAction((arguments, _) => StragglerCommand.RunAsync(arguments.GetValue(json)));
var checks = new Command("checks", "What it costs to check replicas and gradients, next to steps without.")
{
    json,
    quick,
};
checks.SetAction((arguments, _) => ChecksCommand.RunAsync(arguments.GetValue(json), arguments.GetValue(quick)));
var import = new Command(
    "import",
    "Importing 100 MB, and answers of imported models next to torch.jit and TorchSharp modules."
)
{
    json,
    quick,
    only,
};
import.SetAction(
    (arguments, cancellation) =>
        ImportCommand.RunAsync(
            arguments.GetValue(json),
            arguments.GetValue(quick),
            arguments.GetValue(only),
            cancellation
        )
);
var probe = new Command(ImportProbe.Command, "One process of import.") { Hidden = true };
probe.SetAction((_, cancellation) => ImportProbe.RunAsync(cancellation));
var worker = new Command(WorkerMain.Command, "One process of scaling.") { Hidden = true };
worker.SetAction((_, cancellation) => WorkerMain.RunAsync(cancellation));

return await new RootCommand("Neptune's benchmarks. Times are noisy: compare ratios of one run.")
{
    training,
    memory,
    allReduce,
    rank,
    scaling,
    breakdown,
    predict,
    checkpoint,
    start,
    recovery,
    coordinator,
    rescale,
    goodput,
    straggler,
    checks,
    import,
    probe,
    worker,
}
    .Parse(args)
    .InvokeAsync();
