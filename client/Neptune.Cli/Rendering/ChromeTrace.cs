using System.Text.Json;
using Neptune.Contracts;

namespace Neptune.Cli;

/// <summary>
/// Writes steps in the Trace Event Format that chrome://tracing and ui.perfetto.dev open: a process for each silo, a
/// thread for each rank.
/// </summary>
internal static class ChromeTrace
{
    public static void Write(IReadOnlyList<RankTrace> ranks, Stream target)
    {
        using var json = new Utf8JsonWriter(target);
        var origin = ranks.Min(r => r.StartedAt);
        var silos = ranks.Select(r => r.Node.Host).Distinct(StringComparer.Ordinal).ToList();
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        foreach (var rank in ranks)
        {
            var process = silos.IndexOf(rank.Node.Host) + 1;
            Name(json, "process_name", process, rank.Rank, rank.Node.Host);
            Name(json, "thread_name", process, rank.Rank, $"rank {rank.Rank} on {rank.Node}");
            var shift = (rank.StartedAt - origin).TotalMicroseconds;
            foreach (var step in rank.Steps)
            {
                var at = shift + step.Start;
                Event(json, $"step {step.Step}", process, rank.Rank, at, step.Total, step.Step);
                // Sending and adding begin during the backward pass; they are drawn behind it, one after the other.
                foreach (var (phase, length) in step.Phases)
                {
                    if (length > 0)
                    {
                        Event(json, phase, process, rank.Rank, at, length, step.Step);
                    }
                    at += length;
                }
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Name(Utf8JsonWriter json, string kind, int process, int thread, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", kind);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", process);
        json.WriteNumber("tid", thread);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Event(
        Utf8JsonWriter json,
        string name,
        int process,
        int thread,
        double start,
        double length,
        long step
    )
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("cat", "step");
        json.WriteString("ph", "X");
        json.WriteNumber("pid", process);
        json.WriteNumber("tid", thread);
        json.WriteNumber("ts", Math.Round(start, 3));
        json.WriteNumber("dur", Math.Round(length, 3));
        json.WriteStartObject("args");
        json.WriteNumber("step", step);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
