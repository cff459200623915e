using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using Neptune.Client;
using Neptune.Contracts;
using Neptune.Hosting;
using Neptune.ModelGraph;
using static Neptune.Torch.Tests.Graphs;

namespace Neptune.Torch.Tests;

public sealed partial class KernelsFollowTorch
{
    private const int JobSamples = 24;

    /// <summary>All cases side by side in one model, so that one job speaks for every operator.</summary>
    [Fact]
    public async Task Given_every_operator_in_one_model_when_a_job_trains_it_then_1_and_3_nodes_give_the_same_bits()
    {
        var graph = SideBySide();
        var training = new TrainingGraph
        {
            Graph = graph,
            Loss = new Loss.MeanSquaredError(),
            Optimizer = new Optimizer.Sgd(0.01f, 0.9f),
        };
        var (width, targets) = ((int)graph.Inputs[0].Shape[1].Length, (int)graph.Outputs[0].Shape[1].Length);
        var folder = Path.Combine(Path.GetTempPath(), $"neptune-test-{Guid.NewGuid():N}");
        try
        {
            var options = new LocalClusterOptions
            {
                DataDirectory = folder,
                Nodes = 3,
                Logging = logging => logging.SetMinimumLevel(LogLevel.None),
            };
            await using var neptune = await LocalCluster.StartAsync(options, TestContext.Current.CancellationToken);
            var data = await neptune.Data.FromArraysAsync(
                "numbers",
                [width],
                targets,
                new Dictionary<string, (float[], float[])>
                {
                    ["train"] = (Samples.Floats(JobSamples * width, 7), Samples.Floats(JobSamples * targets, 8)),
                }
            );
            var one = await TrainAsync(neptune, data, training, nodes: 1);
            var three = await TrainAsync(neptune, data, training, nodes: 3);
            Assert.Equal(3, three.Job.Ranks.Length);
            var (a, b) = (await neptune.Models.OpenAsync(one.Package), await neptune.Models.OpenAsync(three.Package));
            // By case first: a difference is told by the operator's name.
            Assert.Empty(
                a.Weights.Where(w => !w.Value.Bytes.Span.SequenceEqual(b.Weights[w.Key].Bytes.Span))
                    .Select(w => All[int.Parse(w.Key.Split('.')[0][1..])].Name)
            );
            Assert.Equal(a.WeightsSha256, b.WeightsSha256);
            Assert.Equal(a.OptimizerState.Keys, b.OptimizerState.Keys);
            Assert.All(a.OptimizerState, s => Assert.Equal(s.Value.Bytes, b.OptimizerState[s.Key].Bytes));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<TrainingHistory> TrainAsync(
        NeptuneClient neptune,
        DatasetView data,
        TrainingGraph training,
        int nodes
    )
    {
        var job = await neptune.Jobs.SubmitAsync(
            new()
            {
                TrainingGraphJson = Encoding.UTF8.GetString(GraphJson.Write(training)),
                Dataset = data.Ref,
                Epochs = 2,
                PerDeviceBatchSize = Rows, // some cases are for so many
                Shards = 4,
                Seed = 5,
                Nodes = nodes,
                Model = new("operators"),
            }
        );
        return await neptune.Jobs.WaitAsync(job.Id, null, TestContext.Current.CancellationToken);
    }

    private static Graph SideBySide()
    {
        var parameters = new List<Parameter>();
        var operations = new List<Operation>();
        var ends = new List<string>();
        for (var i = 0; i < All.Length; i++)
        {
            Append($"c{i}", All[i].Case, parameters, operations);
            ends.Add($"c{i}.end");
        }
        operations.Add(Op("Concat", "y", [.. ends], ("axis", 1)));
        return Of(
            [All.Max(c => Size(c.Case.Input))],
            "y",
            [All.Sum(c => Size(c.Case.Output))],
            [.. parameters],
            [.. operations]
        );
    }

    // The case takes the first elements of the sample; its names get the prefix.
    private static void Append(string prefix, KernelCase test, List<Parameter> parameters, List<Operation> operations)
    {
        string Own(string name) => name.Length == 0 ? "" : $"{prefix}.{name}";
        operations.Add(ConstantValue.ToOperation(Own("starts"), Longs(0)));
        operations.Add(ConstantValue.ToOperation(Own("ends"), Longs(Size(test.Input))));
        operations.Add(ConstantValue.ToOperation(Own("axes"), Longs(1)));
        operations.Add(Op("Slice", Own("cut"), ["x", Own("starts"), Own("ends"), Own("axes")]));
        operations.Add(Op("Reshape", Own("x"), [Own("cut")], ("shape", (long[])[0, .. test.Input])));
        operations.Add(Op("Add", Own("h"), [Own("x"), Own("p")]));
        parameters.AddRange(
            new[] { Weight("p", test.Input) }.Concat(test.Parameters).Select(p => p with { Name = Own(p.Name) })
        );
        operations.AddRange(
            test.Operations.Select(o =>
                o with
                {
                    Name = Own(o.Name),
                    Inputs = [.. o.Inputs.Select(Own)],
                    Outputs = [.. o.Outputs.Select(Own)],
                }
            )
        );
        operations.Add(Op("Reshape", Own("end"), [Own("y")], ("shape", (long[])[0, Size(test.Output)])));
    }

    private static TensorValue Longs(params long[] values) =>
        new(
            ElementType.Int64,
            Shape.Of(values.Length),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray()
        );
}
