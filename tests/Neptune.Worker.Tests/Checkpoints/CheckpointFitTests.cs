using Neptune.Contracts;

namespace Neptune.Worker.Tests;

public sealed class CheckpointFitTests : IDisposable
{
    private readonly JobCheckpoints _job = new();

    public void Dispose() => _job.Dispose();

    public static TheoryData<string> FieldsOfSpec => [.. typeof(JobSpec).GetProperties().Select(p => p.Name)];

    // A field that a spec gets later must be named in one of the two lists.
    [Theory]
    [MemberData(nameof(FieldsOfSpec))]
    public void Given_another_spec_when_resumed_then_it_differs_where_bits_depend_on_it(string field)
    {
        var spec = JobCheckpoints.Spec();
        var other = field switch
        {
            nameof(JobSpec.Epochs) => spec with { Epochs = 9 },
            nameof(JobSpec.ValidationSplit) => spec with { ValidationSplit = 0.5 },
            nameof(JobSpec.Shuffle) => spec with { Shuffle = false },
            nameof(JobSpec.PerDeviceBatchSize) => spec with { PerDeviceBatchSize = 99 },
            nameof(JobSpec.Shards) => spec with { Shards = 99 },
            nameof(JobSpec.Seed) => spec with { Seed = 99 },
            nameof(JobSpec.Dataset) => spec with { Dataset = spec.Dataset.WithSplit("test") },
            _ => null,
        };
        string[] without =
        [
            nameof(JobSpec.Model),
            nameof(JobSpec.Nodes),
            nameof(JobSpec.LeastNodes),
            nameof(JobSpec.MixedNumerics),
            nameof(JobSpec.CheckEvery),
            nameof(JobSpec.CheckpointInterval),
            nameof(JobSpec.Retention),
            nameof(JobSpec.ResumeFrom),
            nameof(JobSpec.From), // its bits are those of its graph, its data and its spec
            nameof(JobSpec.InitialWeights), // whatever is resumed has weights already
            nameof(JobSpec.StopAtStep),
            nameof(JobSpec.Steps), // up to where it ends
            nameof(JobSpec.Verifies),
            nameof(JobSpec.TrainingGraphJson), // has a hash of its own
            nameof(JobSpec.GlobalBatchSize), // follows from others
        ];
        Assert.NotEqual(other is null, !without.Contains(field));
        if (other is not null)
        {
            Assert.Single(SpecBits.Of(spec).DifferencesTo(SpecBits.Of(other)));
            Assert.NotEqual(SpecBits.Of(spec).Sha256(), SpecBits.Of(other).Sha256());
        }
    }

    [Fact]
    public async Task Given_another_graph_data_set_or_spec_when_resumed_then_it_is_refused_naming_each_difference()
    {
        var saved = await _job.SaveAsync(1);
        var here = JobCheckpoints.OriginOf("job-2", JobCheckpoints.Spec() with { Shards = 8, Seed = 3 }) with
        {
            GraphSha256 = new('c', 64),
            DatasetSha256 = new('d', 64),
        };
        var into = JobCheckpoints.NewVectors();
        var error = await Assert.ThrowsAsync<InvalidInputException>(() =>
            _job.Reader.NewestGoodAsync([saved.Entry!], here, into, JobCheckpoints.Token)
        );
        Assert.Equal(
            "The checkpoint of step 1 of job job-1 cannot be resumed here: "
                + $"the training graph's SHA-256 is {new string('a', 64)} there and {new string('c', 64)} here; "
                + $"the data set's SHA-256 is {new string('b', 64)} there and {new string('d', 64)} here; "
                + "shards is 4 there and 8 here; seed is 0 there and 3 here. "
                + "Use what it was written with, or fork from it.",
            error.Message
        );
        Assert.All(into, vector => Assert.Equal(-1, vector.Span.IndexOfAnyExcept(0f)));
    }

    [Fact]
    public async Task Given_another_job_attempt_generation_and_nodes_when_resumed_then_it_fits()
    {
        var saved = await _job.SaveAsync(1);
        var spec = JobCheckpoints.Spec() with { Nodes = 7, MixedNumerics = true };
        var here = JobCheckpoints.OriginOf("job-2", spec) with
        {
            Attempt = 4,
            Generation = 9,
            NumericsFingerprint = "x",
        };
        var into = JobCheckpoints.NewVectors();
        await _job.Reader.LoadAsync(saved.Entry!, here, into, JobCheckpoints.Token);
        Assert.Equal(_job.Vectors[0], into[0].ToArray());
    }
}
