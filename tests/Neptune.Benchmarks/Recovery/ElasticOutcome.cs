using System.Text.Json;
using Neptune.Processes;
using Spectre.Console;

namespace Neptune.Benchmarks;

/// <summary>The end of a benchmark of elastic training: figures, and whether the weights are those of a quiet run.</summary>
internal static class ElasticOutcome
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Ends the job, repeats it quietly, and prints.</summary>
    /// <param name="job">The job.</param>
    /// <param name="figures">For programs.</param>
    /// <param name="table">For people.</param>
    /// <param name="stepsLost">Steps that were done again, where none should have been.</param>
    /// <param name="json">True for programs.</param>
    /// <param name="quietNodes">On which the job is repeated.</param>
    /// <returns>0 where the weights are equal and no step was lost; else 1.</returns>
    public static async Task<int> EndAsync(
        ElasticJob job,
        object figures,
        Table table,
        long stepsLost,
        bool json,
        int quietNodes = 1
    )
    {
        var (ended, repeated) = await job.EndAndRepeatAsync(quietNodes);
        var (step, own, quiet) = (ended.Package!.Step, ended.Package.WeightsSha256, repeated.Package!.WeightsSha256);
        var equal = own == quiet;
        if (json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        results = figures,
                        step,
                        equal,
                    },
                    Json
                )
            );
        }
        else
        {
            AnsiConsole.Write(table);
            AnsiConsole.WriteLine(
                equal ? $"After {step:N0} steps the weights are those of a quiet run." : "THE WEIGHTS DIFFER."
            );
        }
        return equal && stepsLost == 0 ? 0 : 1;
    }
}
