using System.CommandLine;
using Neptune.Simulator;

var seeds = new Option<int>("--seeds") { Description = "How many seeds to play.", DefaultValueFactory = _ => 1000 };
var from = new Option<ulong>("--from") { Description = "The first seed.", DefaultValueFactory = _ => 1 };
var seed = new Option<ulong?>("--seed") { Description = "Plays one seed only." };
var trace = new Option<bool>("--trace") { Description = "With --seed: prints all that happens." };
var mutation = new Option<Mutation>("--mutation") { Description = "Breaks the planner or the protocol on purpose." };
var mutations = new Option<bool>("--mutations") { Description = "Plays each mutation until it is caught." };

var root = new RootCommand(
    "Plays seeded schedules of faults over a simulated cluster, and checks what must always hold."
)
{
    seeds,
    from,
    seed,
    trace,
    mutation,
    mutations,
};
root.SetAction(arguments =>
{
    var report = new SimulationReport(Console.Out);
    var broken = arguments.GetValue(mutation);
    if (arguments.GetValue(mutations))
    {
        return report.Mutations(arguments.GetValue(from), arguments.GetValue(seeds));
    }
    return arguments.GetValue(seed) is { } one
        ? report.One(one, broken, arguments.GetValue(trace))
        : report.Many(arguments.GetValue(from), arguments.GetValue(seeds), broken);
});
return root.Parse(args).Invoke();
