using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Neptune.Collectives;
using Neptune.ModelGraph;
using Neptune.Torch;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Worker.Tests;

public sealed class WarmUpTests(RankHarness harness) : IClassFixture<RankHarness>
{
    [Fact]
    public async Task Given_a_loop_that_has_warmed_up_when_it_trains_then_nothing_of_that_is_in_its_state()
    {
        Assert.Equal(await TrainAsync(warmsUp: false), await TrainAsync(warmsUp: true));
    }

    // Weights, buffers and the optimizer's state.
    private async Task<(string State, long Steps)> TrainAsync(bool warmsUp)
    {
        var data = await harness.DataAsync(50);
        var model = Sequential
            .Of(
                Conv2D(4, 3, padding: Padding.Same),
                BatchNormalization(),
                Activate(Relu),
                Flatten(),
                Dropout(0.3f),
                Dense(3, Softmax)
            )
            .Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]);
        var assignment = harness.AssignmentOf(RankHarness.Spec(model, data, 4, perDevice: 3, epochs: 2), data);
        var cancellation = TestContext.Current.CancellationToken;
        var run = await harness.Loader.LoadAsync(assignment, cancellation);
        await using var device = await TorchDevice.StartAsync("cpu:0", cancellation: cancellation);
        return await device.RunAsync(
            () =>
            {
                var progress = new RankProgress(assignment.Generation.Job, assignment.Node);
                var clock = new StepClock(TimeProvider.System.GetUtcNow());
                using var loop = new StepLoop(run, device, progress, clock, new(), new(), new([]));
                if (warmsUp)
                {
                    loop.WarmUp(cancellation);
                }
                using var alone = new InMemoryGroups().Join("alone", 1, 0, 1);
                loop.Run(
                    alone,
                    assignment.Generation,
                    assignment.Generation.Ranks[0],
                    _ => { },
                    () => { },
                    cancellation
                );
                var vectors = loop.Replica.State.SelectMany(v => MemoryMarshal.AsBytes(v.Span).ToArray()).ToArray();
                return (Convert.ToHexString(SHA256.HashData(vectors)), loop.Position.Step);
            },
            cancellation
        );
    }
}
