using System.CommandLine;
using Neptune.Benchmarks;

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

return await new RootCommand("Neptune's benchmarks. Times are noisy: compare ratios of one run.") { training, memory }
    .Parse(args)
    .InvokeAsync();
