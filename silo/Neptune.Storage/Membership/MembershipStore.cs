using System.Collections.Immutable;
using System.Globalization;
using Neptune.Contracts;
using Neptune.Planning;
using Orleans.Serialization;

namespace Neptune.Storage;

/// <summary>
/// Memberships in record tables. The generations of a job are one table, by number, in which a number is set once: to set
/// g+1 where g is the newest is the compare-and-set, and what was set before stays as the job's history. As none is left
/// out, the newest is the one whose number is how many there are.
/// </summary>
internal sealed class MembershipStore(IRecordTables tables) : IMembershipStore
{
    private static readonly Serializer Serializer = RecordSerializer.Instance;

    public async Task<Generation?> CurrentAsync(JobId job)
    {
        var count = await tables.CountAsync(GenerationsOf(job));
        return count > 0 && await tables.FindAsync(GenerationsOf(job), FieldOf(count)) is { } newest
            ? Serializer.Deserialize<Generation>(newest)
            : null;
    }

    public async Task<ImmutableArray<Generation>> SinceAsync(JobId job, int number)
    {
        var since = ImmutableArray.CreateBuilder<Generation>();
        while (await tables.FindAsync(GenerationsOf(job), FieldOf(++number)) is { } next)
        {
            since.Add(Serializer.Deserialize<Generation>(next)!);
        }
        return since.ToImmutable();
    }

    public async Task<bool> TryAppendAsync(Generation next)
    {
        if (await tables.CountAsync(GenerationsOf(next.Job)) is var count && count < next.Number - 1)
        {
            throw new ArgumentException(
                $"Job {next.Job} has {count} generations: the next one is {count + 1}, not {next.Number}.",
                nameof(next)
            );
        }
        var stored = await tables.AddAsync(
            GenerationsOf(next.Job),
            FieldOf(next.Number),
            Serializer.SerializeToArray(next)
        );
        var won = Serializer.Deserialize<Generation>(stored)!.Token == next.Token;
        if (won)
        {
            await tables.DropAsync(StatementsOf(next.Job, next.Number - 2));
            // Who was taken in, or has left, waits no more, or offers itself anew: a dead one cannot withdraw.
            foreach (var node in next.Joined.Concat(next.Left.Select(left => left.Node)))
            {
                await WithdrawAsync(next.Job, node);
            }
        }
        return won;
    }

    public async Task<MembershipFacts> FactsAsync(Generation current)
    {
        var read = await tables.ReadAsync(
            StatementsOf(current.Job, current.Number),
            CandidatesOf(current.Job),
            DeparturesOf(current.Job)
        );
        return new(
            current,
            [.. Parse<RankStatement>(read[0])],
            [.. Parse<Candidate>(read[1])],
            [.. Parse<Departure>(read[2])]
        );
    }

    public Task StateAsync(JobId job, RankStatement statement) =>
        // What is said ahead has a field of its own: it may arrive late, and must not take the place of what is said at the end.
        SetAsync(
            StatementsOf(job, statement.Generation),
            statement.IsAhead ? $"ahead/{statement.Node}" : statement.Node.Value,
            statement
        );

    public Task OfferAsync(JobId job, Candidate candidate) =>
        SetAsync(CandidatesOf(job), candidate.Node.Value, candidate);

    public Task WithdrawAsync(JobId job, NodeId node) => tables.RemoveAsync(CandidatesOf(job), node.Value);

    public Task DepartAsync(JobId job, Departure departure) =>
        SetAsync(DeparturesOf(job), departure.Node.Value, departure);

    public Task StayAsync(JobId job, NodeId node) => tables.RemoveAsync(DeparturesOf(job), node.Value);

    public async Task ForgetAsync(JobId job)
    {
        var last = (await CurrentAsync(job))?.Number ?? 0;
        await tables.DropAsync(
            CandidatesOf(job),
            DeparturesOf(job),
            StatementsOf(job, last - 1),
            StatementsOf(job, last)
        );
    }

    private Task SetAsync<T>(string table, string field, T value) =>
        tables.SetAsync(table, field, Serializer.SerializeToArray(value));

    private static IEnumerable<T> Parse<T>(IEnumerable<ReadOnlyMemory<byte>> values) =>
        values.Select(value => Serializer.Deserialize<T>(value)!);

    private static string FieldOf(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string GenerationsOf(JobId job) => $"job/{job}/generations";

    private static string CandidatesOf(JobId job) => $"job/{job}/candidates";

    private static string DeparturesOf(JobId job) => $"job/{job}/departures";

    private static string StatementsOf(JobId job, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"job/{job}/statements/{generation}");
}
