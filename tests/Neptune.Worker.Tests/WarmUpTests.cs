using System.Runtime.InteropServices;
using System.Security.Cryptography;

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
        var model = RankHarness.ConvolutionalModel(rate: 0.001f);
        return await harness.TrainAloneAsync(
            RankHarness.Spec(model, data, 4, perDevice: 3, epochs: 2),
            data,
            loop =>
            {
                if (warmsUp)
                {
                    loop.WarmUp(TestContext.Current.CancellationToken);
                }
            },
            _ => { },
            loop =>
            {
                var vectors = loop.Replica.State.SelectMany(v => MemoryMarshal.AsBytes(v.Span).ToArray()).ToArray();
                return (Convert.ToHexString(SHA256.HashData(vectors)), loop.Position.Step);
            }
        );
    }
}
