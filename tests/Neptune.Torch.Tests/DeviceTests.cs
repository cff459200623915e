using Neptune.ModelGraph;
using TorchSharp;
using static Neptune.Torch.Tests.Graphs;

namespace Neptune.Torch.Tests;

/// <summary>The device's thread: order, errors, cancellation, and its fingerprint.</summary>
public sealed class DeviceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gpu:0")]
    [InlineData("cpu")]
    [InlineData("cpu:-1")]
    [InlineData("cpu:x")]
    [InlineData(":0")]
    public async Task Given_a_name_that_is_no_device_s_when_started_then_the_error_offers_names(string name)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TorchDevice.StartAsync(name, 1, Token));
        Assert.Contains("cpu:0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_no_such_gpu_when_started_then_the_error_says_what_to_do()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            TorchDevice.StartAsync("cuda:99", 1, Token)
        );
        Assert.Contains("cuda:99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_work_when_handed_in_then_it_runs_in_order_on_one_thread_and_errors_reach_the_caller()
    {
        await using var device = await TorchDevice.StartAsync("cpu:0", 1, Token);
        var order = new List<(int Item, int Thread)>();
        var items = Enumerable
            .Range(0, 50)
            .Select(i => device.RunAsync(() => order.Add((i, Environment.CurrentManagedThreadId)), Token))
            .ToArray();
        var failing = device.RunAsync<int>(() => throw new InvalidDataException("told"), Token);
        await Task.WhenAll(items);
        Assert.Equal(Enumerable.Range(0, 50), order.Select(o => o.Item));
        Assert.Single(order.Select(o => o.Thread).Distinct());
        Assert.Equal("told", (await Assert.ThrowsAsync<InvalidDataException>(() => failing)).Message);
        Assert.Equal(7, await device.RunAsync(() => 7, Token));
        Assert.False(device.IsCurrent);
        Assert.True(await device.RunAsync(() => device.IsCurrent, Token));
    }

    [Fact]
    public async Task Given_cancelled_work_when_its_turn_comes_then_it_does_not_run()
    {
        await using var device = await TorchDevice.StartAsync("cpu:0", 1, Token);
        using var source = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        var blocker = device.RunAsync(() => gate.Wait(Token), Token);
        var ran = false;
        var cancelled = device.RunAsync(() => ran = true, source.Token);
        await source.CancelAsync();
        gate.Set();
        await blocker;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(ran);
    }

    [Fact]
    public async Task Given_a_disposed_device_when_work_comes_then_the_error_names_it()
    {
        var device = await TorchDevice.StartAsync("cpu:0", 1, Token);
        await device.DisposeAsync();
        await device.DisposeAsync();
        var error = await Assert.ThrowsAsync<ObjectDisposedException>(() => device.RunAsync(() => 1, Token));
        Assert.Contains("cpu:0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_tensor_work_when_called_on_another_thread_then_the_error_says_how_to_hand_it_in()
    {
        await using var device = await TorchDevice.StartAsync("cpu:0", 1, Token);
        var error = Assert.Throws<InvalidOperationException>(() => new Replica(device, Classifier(Mlp(2, 2)), 1));
        Assert.Contains("RunAsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_devices_when_fingerprints_are_taken_then_equal_ones_are_equal_and_thread_counts_tell()
    {
        await using var one = await TorchDevice.StartAsync("cpu:0", 1, Token);
        await using var two = await TorchDevice.StartAsync("cpu:1", 1, Token);
        await using var wide = await TorchDevice.StartAsync("cpu:2", 2, Token);
        Assert.Equal(one.Fingerprint, two.Fingerprint);
        Assert.NotEqual(one.Fingerprint.Sha256, wide.Fingerprint.Sha256);
        Assert.Contains("threads 1", one.Fingerprint.Text, StringComparison.Ordinal);
        Assert.Equal(64, one.Fingerprint.Sha256.Length);
        Assert.Equal(2, await wide.RunAsync(torch.get_num_threads, Token));
        Assert.Equal(1, await one.RunAsync(torch.get_num_threads, Token));
    }

    [Fact]
    public async Task Given_glibc_when_devices_start_then_their_threads_keep_big_blocks()
    {
        if (!NativeAllocator.Tune())
        {
            Assert.Skip("The C library is not glibc.");
        }
        await using var one = await TorchDevice.StartAsync("cpu:0", 1, Token);
        await using var two = await TorchDevice.StartAsync("cpu:1", 1, Token);
        foreach (var device in new[] { one, two })
        {
            Assert.True(await device.RunAsync(MainArenaThread.AllocatesFromMainArena, Token));
        }
    }

    [Fact]
    public async Task Given_a_thousand_steps_when_trained_then_as_many_tensors_live_as_after_ten()
    {
        await using var device = await TorchDevice.StartAsync("cpu:0", 1, Token);
        Replica replica = null!;
        ExchangeBuffer exchange = null!;
        long[] image = [1, 8, 8];
        await device.RunAsync(
            () =>
            {
                var graph = Of(
                    image,
                    "y",
                    [3],
                    [
                        Weight("w", 4, 1, 3, 3),
                        Weight("gamma", 4),
                        Weight("beta", 4),
                        Weight("mean", false, 4),
                        Weight("var", false, 4) with
                        {
                            Initializer = Initializer.Ones,
                        },
                        Weight("v", 3, 36),
                    ],
                    Op("Conv", "c", ["x", "w"]),
                    Op("BatchNormalization", "n", ["c", "gamma", "beta", "mean", "var"]),
                    Op("Relu", "r", ["n"]),
                    Op("MaxPool", "m", ["r"], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })),
                    Op("Dropout", "d", ["m"]),
                    Op("Flatten", "f", ["d"]),
                    Op("Gemm", "y", ["f", "v"], ("transB", 1))
                );
                replica = new(device, Classifier(graph, new Optimizer.Adam()), 1);
                exchange = replica.NewExchangeBuffer();
            },
            Token
        );
        await Steps(0, 10);
        var afterTen = await device.CountLiveTensorsAsync(Token);
        await Steps(10, 1000);
        Assert.Equal(afterTen, await device.CountLiveTensorsAsync(Token));
        await device.RunAsync(
            () =>
            {
                exchange.Dispose();
                replica.Dispose();
                replica.Dispose();
            },
            Token
        );
        Assert.InRange(await device.CountLiveTensorsAsync(Token), 0, 0);

        Task Steps(int from, int to) =>
            device.RunAsync(
                () =>
                {
                    for (var step = from; step < to; step++)
                    {
                        // The last batch of each epoch is short.
                        var batch = Samples.Batch(step % 10 == 9 ? 3 : 5, 64, 3, (ulong)step);
                        replica.ForwardBackward(batch, new(1, 0, step, 0), exchange);
                        replica.Apply(exchange.Span);
                        replica.Evaluate(batch);
                    }
                },
                Token
            );
    }
}
