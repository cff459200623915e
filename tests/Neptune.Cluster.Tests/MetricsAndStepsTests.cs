using Neptune.Client;
using Neptune.Contracts;
using Neptune.ModelGraph;
using static Neptune.ModelGraph.Activation;
using static Neptune.ModelGraph.Layers;

namespace Neptune.Cluster.Tests;

public sealed class MetricsAndStepsTests
{
    private const int Steps = 30; // an epoch has 17: the last one ends early

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Given_metrics_and_steps_when_trained_on_1_and_3_nodes_then_numbers_and_weights_are_equal()
    {
        await using var cluster = new TemporaryCluster();
        await using var neptune = await cluster.StartAsync(nodes: 3);
        var digits = await neptune.Data.DigitsAsync();
        var histories = new List<TrainingHistory>();
        var seen = new HashSet<string>();
        foreach (var nodes in (int[])[1, 3])
        {
            var options = new FitOptions
            {
                Steps = Steps,
                ValidationSplit = 0.2,
                Seed = 5,
                Nodes = nodes,
            };
            var watcher = new Watcher(snapshot => seen.UnionWith(snapshot.Metrics.Select(m => m.Name)));
            histories.Add(await neptune.FitAsync(Model(), digits, options, progress: watcher, cancellation: Token));
        }
        Assert.Single(histories.Select(h => h.WeightsSha256).Distinct());
        Assert.Equal(histories[0].Epochs, histories[1].Epochs);
        foreach (var history in histories)
        {
            Assert.Equal(JobPhase.Succeeded, history.Job.Phase);
            Assert.Equal((Steps, Steps, Steps), (history.Job.Step, history.Job.TotalSteps, history.Package.Step));
            Assert.True(history.Package.Version > 0);
        }
        var last = histories[0].Epochs[^1];
        var ofEpoch = histories[0].Job.Spec.StepsPerEpoch(digits.Info.Splits["train"]);
        Assert.Equal((2, Steps - ofEpoch), (last.Epoch, last.Steps));
        Assert.Equal(["top_k_accuracy:3", "auc", "mean_absolute_error"], last.Metrics.Select(m => m.Name));
        Assert.Equal(last.Metrics.Select(m => m.Name).Order(), seen.Order());
        Assert.All(last.Metrics, m => Assert.NotNull(m.Validation));
        Assert.True(last.Metrics[1].Validation > 0.8);

        var package = await neptune.Models.OpenAsync(histories[0].Package, Token);
        Assert.Equal(
            last.Metrics.Select(m => (m.Name, m.Value)),
            package.History[^1].Metrics.Select(m => (m.Name, m.Value))
        );
        Assert.Equal(last.Steps, package.History[^1].Steps);

        var test = await neptune.Data.GetAsync("digits:test");
        var evaluation = await neptune.EvaluateAsync(histories[0].Package, test);
        Assert.Equal(last.Metrics.Select(m => m.Name), evaluation.Result.Metrics.Select(m => m.Name));
        Assert.True(evaluation["Test top_k_accuracy:3"] >= evaluation[Evaluation.TestAccuracy]);
        Assert.InRange(evaluation["Test auc"], 0.8, 1);
        Assert.InRange(evaluation["Test mean_absolute_error"], 0.001, 0.2);
    }

    [Fact]
    public async Task Given_a_job_of_so_many_steps_when_cancelled_and_resumed_then_it_ends_after_the_same_step()
    {
        const int steps = 1_005;
        await using var cluster = new TemporaryCluster();
        // Paced, so that it is not over before it can be cancelled.
        await using var neptune = await cluster.StartAsync(nodes: 3, faults: "pace@0:2=cpu:2");
        var digits = await neptune.Data.DigitsAsync();
        using var stop = new CancellationTokenSource();
        var options = new FitOptions { Steps = steps, Seed = 5 };
        var atFirstStep = new Watcher(snapshot =>
        {
            if (snapshot.Step > 0)
            {
                stop.Cancel();
            }
        });
        var cancelled = await Assert.ThrowsAsync<JobCancelledException>(() =>
            neptune.FitAsync(Model(), digits, options, progress: atFirstStep, cancellation: stop.Token)
        );
        Assert.InRange(cancelled.Job.Step, 1, steps - 1);
        await neptune.Jobs.ResumeAsync(cancelled.Job.Id);
        var resumed = await neptune.Jobs.WaitAsync(cancelled.Job.Id);
        var whole = await neptune.FitAsync(Model(), digits, options with { Nodes = 1 });
        Assert.Equal((steps, steps), (resumed.Job.Step, resumed.Package.Step));
        Assert.Equal(whole.WeightsSha256, resumed.WeightsSha256);
        Assert.Equal(whole.Epochs[^1], resumed.Epochs[^1]);
    }

    private static Sequential Model() =>
        Sequential
            .Of(Flatten(), Dense(32, Relu), Dense(10, Softmax))
            .Compile(
                Adam(0.01f),
                CategoricalCrossentropy(),
                [Accuracy(), TopKAccuracy(3), Auc(), new Metric.MeanAbsoluteError()]
            );

    private sealed class Watcher(Action<JobSnapshot> seen) : IProgress<JobSnapshot>
    {
        public void Report(JobSnapshot value) => seen(value);
    }
}
