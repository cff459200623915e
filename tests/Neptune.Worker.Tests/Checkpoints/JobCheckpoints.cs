using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.ModelGraph;
using Neptune.Planning;
using Neptune.Storage;
using Neptune.Storage.Tests;

namespace Neptune.Worker.Tests;

/// <summary>
/// A job's checkpoints over a folder of the test's own: of a state of drawn numbers, which tests change.
/// </summary>
internal sealed class JobCheckpoints : IDisposable
{
    /// <summary>Vectors of three pieces, none and one.</summary>
    public static readonly ImmutableArray<int> Lengths = [(2 * StatePieces.Floats) + 1000, 0, 500];

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteDatabase _database;

    public JobCheckpoints(string job = "job-1", string? artifacts = null)
    {
        Job = new(job);
        Artifacts = new(artifacts ?? _folder.At("artifacts"));
        _database = SqliteDatabase.Open(_folder.At("state.db"));
        Index = _database.Checkpoints();
        Writer = NewWriter();
        Reader = new(Artifacts);
        Origin = OriginOf(job, Spec());
        foreach (var vector in Vectors)
        {
            Draw(vector, 1);
        }
    }

    public JobId Job { get; }

    public ArtifactStore Artifacts { get; }

    public ICheckpointIndex Index { get; }

    public CheckpointWriter Writer { get; }

    public CheckpointReader Reader { get; }

    public CheckpointOrigin Origin { get; }

    /// <summary>The state.</summary>
    public float[][] Vectors { get; } = [.. Lengths.Select(length => new float[length])];

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static JobSpec Spec() =>
        new()
        {
            TrainingGraphJson = "{}",
            Dataset = new(new("digits"), 1, "train"),
            Model = new("model"),
        };

    public static CheckpointOrigin OriginOf(string job, JobSpec spec) =>
        new()
        {
            Job = job,
            Attempt = 1,
            Generation = 2,
            GraphSha256 = new('a', 64),
            DatasetSha256 = new('b', 64),
            Spec = SpecBits.Of(spec),
            SpecSha256 = SpecBits.Of(spec).Sha256(),
            NumericsFingerprint = "cpu",
        };

    public static StateFacts FactsAt(long step, int epoch = 0, double loss = double.NaN) =>
        new()
        {
            Position = new(step, epoch, epoch == 0 ? (int)step : 0),
            OptimizerStep = step,
            Epochs = [.. Enumerable.Range(1, epoch).Select(e => new EpochReport { Epoch = e, Loss = loss })],
            Sums = new(1.0 / 3, 4, 2),
        };

    public static void Draw(Span<float> values, int seed)
    {
        var random = new KeyedRandom(KeyedRandom.Key((ulong)seed, "checkpoint"));
        foreach (ref var value in values)
        {
            value = (float)random.NextDouble();
        }
    }

    /// <summary>Vectors that nothing has been read into.</summary>
    public static Memory<float>[] NewVectors() => [.. Lengths.Select(length => new float[length].AsMemory())];

    public CheckpointWriter NewWriter() => new(Job, Artifacts, Lengths, StatePart.Whole);

    public OfferedState StateAt(long step) => StateAt(FactsAt(step));

    public OfferedState StateAt(StateFacts facts) => new(facts, [.. Vectors.Select(v => v.AsMemory())]);

    /// <summary>Writes a checkpoint, and adds it to the list.</summary>
    public async Task<CheckpointOutcome> SaveAsync(long step) => await SaveAsync(FactsAt(step));

    public async Task<CheckpointOutcome> SaveAsync(StateFacts facts)
    {
        using var captured = Writer.TryCapture(StateAt(facts), StatePart.Whole)!;
        var outcome = await Writer.WriteAsync(captured, Origin, Start + TimeSpan.FromHours(facts.Position.Step));
        if (outcome.Entry is { } entry)
        {
            await Index.AddAsync(Job, entry);
        }
        return outcome;
    }

    /// <summary>Changes every piece.</summary>
    public void Train()
    {
        foreach (var value in Vectors)
        {
            foreach (ref var number in value.AsSpan())
            {
                number += 1;
            }
        }
    }

    /// <summary>How many files the store has.</summary>
    public int CountFiles() =>
        Directory
            .EnumerateDirectories(Path.GetDirectoryName(Path.GetDirectoryName(Artifacts.PathOf(new('0', 64))))!)
            .Where(folder => Path.GetFileName(folder).Length == 2)
            .Sum(folder => Directory.EnumerateFiles(folder).Count());

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }
}
