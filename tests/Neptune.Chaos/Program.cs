using System.CommandLine;
using Neptune.Chaos;

var events = new Option<int>("--events") { Description = "How many things happen.", DefaultValueFactory = _ => 30 };
var seed = new Option<int>("--seed") { Description = "Which schedule.", DefaultValueFactory = _ => 1 };
var silos = new Option<int>("--silos") { Description = "How many silos there are.", DefaultValueFactory = _ => 4 };
var root = new RootCommand(
    "Trains on real silo processes while they are killed, frozen, ended and started, their links are cut, Redis is "
        + "restarted and the job is scaled, by a seeded schedule; then compares the weights with those of a quiet run."
)
{
    events,
    seed,
    silos,
};
root.SetAction(
    (arguments, _) =>
        ChaosRun.RunAsync(
            arguments.GetValue(events),
            arguments.GetValue(seed),
            Math.Max(2, arguments.GetValue(silos)),
            Console.WriteLine
        )
);
return await root.Parse(args).InvokeAsync();
