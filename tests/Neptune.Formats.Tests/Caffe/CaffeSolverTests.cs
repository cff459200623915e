using System.Collections.Immutable;
using Neptune.ModelGraph;
using Neptune.Torch;
using static Neptune.Formats.Tests.CaffeTexts;

namespace Neptune.Formats.Tests;

/// <summary>Solvers: what they say of training, in Neptune's terms.</summary>
public sealed class CaffeSolverTests(OneDevice device) : IClassFixture<OneDevice>
{
    private const string Net = """
        layer { name: "d" type: "Data" top: "data" top: "label" include { phase: TRAIN } data_param { batch_size: 8 source: "x" } }
        layer { name: "d" type: "Data" top: "data" top: "label" include { phase: TEST } data_param { batch_size: 2 source: "y" } }
        layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 3 } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
        """;

    private const string Solver = "net: 'net.prototxt' base_lr: 0.5 lr_policy: 'fixed' max_iter: 7\n";

    [Fact]
    public void Given_lenet_s_solver_when_imported_then_all_it_says_of_training_is_there()
    {
        var path = SharedFiles.Path("models", "caffe", "lenet", "lenet_solver.prototxt");

        var model = ModelFormats.Import(path, new() { InputShape = Shape.Of(1, 28, 28) });

        var training = model.Training!;
        Assert.Equal("Caffe solver (V2 layers)", model.Source);
        Assert.Equal(new Loss.SparseCategoricalCrossentropy(FromLogits: true), training.Loss);
        Assert.Equal(
            new Optimizer.Sgd(0.01f, 0.9f, RateInVelocity: true)
            {
                Schedule = new LearningRateSchedule.Inverse(0.0001f, 0.75f),
            },
            training.Optimizer
        );
        Assert.Equal([new Metric.Accuracy()], training.Metrics.AsEnumerable());
        Assert.Equal((64, 2000L, 0.00390625f), (training.BatchSize, training.Steps, training.InputScale));
        Assert.Equal(new ParameterUpdate(1, 0.0005f), training.Updates["conv1.weight"]);
        Assert.Equal(new ParameterUpdate(2, 0), training.Updates["conv1.bias"]);
        Assert.Equal(new ParameterUpdate(2, 0.0005f), training.Updates["ip2.bias"]);
        Assert.Equal("ip2", Assert.Single(model.Graph.Outputs).Name);
        Assert.Equal(0.4f, Assert.Single(model.Graph.Operations, o => o.Type == "Dropout").Float("ratio", 0));
        Assert.Equal(new Initializer.GlorotUniform(25, 25), model.Graph.Parameters[0].Initializer);
    }

    [Fact]
    public async Task Given_lenet_s_solver_when_a_step_is_computed_then_all_parameters_have_gradients()
    {
        var path = SharedFiles.Path("models", "caffe", "lenet", "lenet_solver.prototxt");
        var model = ModelFormats.Import(path, new() { InputShape = Shape.Of(1, 28, 28) });
        await device.Run(() =>
        {
            using var replica = new Replica(device.Device, Training(model), 1, model.Weights);
            using var exchange = replica.NewExchangeBuffer();
            var features = Enumerable.Range(0, 2 * 784).Select(i => i % 17 / 17f).ToArray();

            var outcome = replica.ForwardBackward(
                new(2, features) { Classes = new long[] { 3, 7 } },
                new(1, 0, 0, 0),
                exchange
            );

            Assert.InRange(outcome.LossSum, 1, 20);
            replica.Apply(exchange.Span);
            var moved = replica.ExportWeights();
            Assert.Equal(8, moved.Count);
            Assert.All(moved, w => Assert.False(w.Value.Floats.SequenceEqual(model.Weights[w.Key].Floats), w.Key));
        });
    }

    [Fact]
    public void Given_accuracies_of_several_tops_when_imported_then_each_is_measured()
    {
        const string accuracies = """
            layer { name: "one" type: "Accuracy" bottom: "ip" bottom: "label" top: "one" }
            layer { name: "two" type: "Accuracy" bottom: "ip" bottom: "label" top: "two" accuracy_param { top_k: 2 } }
            layer { name: "again" type: "Accuracy" bottom: "ip" bottom: "label" top: "again" include { phase: TEST } }
            """;
        var model = Import(Solver, Net + accuracies);
        Assert.Equal([new Metric.Accuracy(), new Metric.TopKAccuracy(2)], model.Training!.Metrics.AsEnumerable());
        Assert.Empty(model.Notes);
    }

    public static TheoryData<string, Optimizer> Optimizers =>
        new()
        {
            { "clip_gradients: -1", new Optimizer.Sgd(0.5f, RateInVelocity: true) },
            {
                "clip_gradients: 6 iter_size: 3",
                new Optimizer.Sgd(0.5f, RateInVelocity: true)
                {
                    Clipping = new GradientClipping.GlobalNorm(2, BeforePenalty: true),
                }
            },
            { "type: 'SGD'", new Optimizer.Sgd(0.5f, RateInVelocity: true) },
            { "momentum: 0.25", new Optimizer.Sgd(0.5f, 0.25f, RateInVelocity: true) },
            { "type: 'Nesterov' momentum: 0.25", new Optimizer.Sgd(0.5f, 0.25f, Nesterov: true, RateInVelocity: true) },
            { "solver_type: NESTEROV momentum: 0.25", new Optimizer.Sgd(0.5f, 0.25f, true, RateInVelocity: true) },
            { "type: 'Adam' momentum: 0.9", new Optimizer.Adam(0.5f, 0.9f, 0.999f, 1e-8f, EpsilonHat: true) },
            {
                "type: 'Adam' momentum: 0.8 momentum2: 0.9 delta: 1e-3",
                new Optimizer.Adam(0.5f, 0.8f, 0.9f, 1e-3f, EpsilonHat: true)
            },
            { "type: 'RMSProp' rms_decay: 0.7", new Optimizer.RmsProp(0.5f, 0.7f, 0, 1e-8f) },
            { "solver_type: ADAGRAD delta: 1e-4", new Optimizer.AdaGrad(0.5f, 0, 1e-4f) },
            { "type: 'AdaDelta' momentum: 0.95 delta: 1e-6", new Optimizer.AdaDelta(0.5f, 0.95f, 1e-6f) },
        };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Given_a_solver_when_imported_then_its_optimizer_is_Neptune_s(string settings, Optimizer expected) =>
        Assert.Equal(expected, Import(Solver + settings).Training!.Optimizer);

    public static TheoryData<string, LearningRateSchedule?> Schedules =>
        new()
        {
            { "lr_policy: 'fixed'", null },
            { "lr_policy: 'step' gamma: 0.5 stepsize: 10", new LearningRateSchedule.Step(0.5f, 10) },
            { "lr_policy: 'exp' gamma: 0.99", new LearningRateSchedule.Exponential(0.99f) },
            { "lr_policy: 'inv' gamma: 0.1 power: 0.75", new LearningRateSchedule.Inverse(0.1f, 0.75f) },
            {
                "lr_policy: 'multistep' gamma: 0.5 stepvalue: 3 stepvalue: 5",
                new LearningRateSchedule.Piecewise([(3, 0.5f), (5, 0.25f)])
            },
            { "lr_policy: 'poly' power: 2", new LearningRateSchedule.Polynomial(7, 2) },
            { "lr_policy: 'sigmoid' gamma: -0.5 stepsize: 4", null },
            { "lr_policy: 'sigmoid' gamma: 0.5 stepsize: 4", new LearningRateSchedule.Sigmoid(0.5f, 4) },
        };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Given_a_policy_when_imported_then_the_rate_follows_it(string policy, LearningRateSchedule? expected)
    {
        var solver = $"net: 'net.prototxt' base_lr: 0.5 max_iter: 7 {policy}";
        if (policy.Contains("-0.5", StringComparison.Ordinal))
        {
            Refused("gamma is -0.5", () => Import(solver));
            return;
        }
        Assert.Equal(expected, Import(solver).Training!.Optimizer!.Schedule);
    }

    [Fact]
    public void Given_multipliers_and_decay_when_imported_then_each_parameter_has_its_own()
    {
        const string Params = "param { lr_mult: 0 } param { lr_mult: 2 decay_mult: 0.5 }";
        var net = Net.Replace("inner_product_param", Params + " inner_product_param", StringComparison.Ordinal);

        var l2 = Import(Solver + "weight_decay: 0.5", net).Training!.Updates;
        var l1 = Import(Solver + "weight_decay: 0.5 regularization_type: 'L1'", net).Training!.Updates;

        Assert.Equal((new(0, 0.5f), new(2, 0.25f)), (l2["ip.weight"], l2["ip.bias"]));
        Assert.Equal((new(0, 0, 0.5f), new(2, 0, 0.25f)), (l1["ip.weight"], l1["ip.bias"]));
        Assert.Empty(Import(Solver).Training!.Updates);
    }

    [Fact]
    public void Given_several_passes_a_step_when_imported_then_the_batch_is_all_of_them()
    {
        Assert.Equal(24, Import(Solver + "iter_size: 3").Training!.BatchSize);
        Refused(
            "iter_size is 3",
            () =>
                Import(
                    Solver + "iter_size: 3",
                    Net.Replace("top: \"loss\"", "top: 'loss' loss_param { ignore_label: 2 }", StringComparison.Ordinal)
                )
        );
    }

    public static TheoryData<string, string, Loss> Losses =>
        new()
        {
            { "SoftmaxWithLoss", "", new Loss.SparseCategoricalCrossentropy(true) },
            {
                "SoftmaxWithLoss",
                "loss_param { ignore_label: 255 }",
                new Loss.SparseCategoricalCrossentropy(true, 255)
            },
            { "SoftmaxWithLoss", "loss_param { normalize: false }", new Loss.SparseCategoricalCrossentropy(true) },
            { "SoftmaxWithLoss", "loss_param { normalization: FULL }", new Loss.SparseCategoricalCrossentropy(true) },
            { "SigmoidCrossEntropyLoss", "", new Loss.BinaryCrossentropy(true, Sum: true) },
            { "SigmoidCrossEntropyLoss", "loss_param { normalization: VALID }", new Loss.BinaryCrossentropy(true) },
            { "EuclideanLoss", "", new Loss.MeanSquaredError() },
        };

    [Theory]
    [MemberData(nameof(Losses))]
    public void Given_a_loss_when_imported_then_it_is_Neptune_s(string type, string settings, Loss expected) =>
        Assert.Equal(expected, Import(Solver, WithLoss(type, settings)).Training!.Loss);

    // w -= rate (1.5 g + decay w) is w -= 1.5 rate (g + decay / 1.5 w).
    [Fact]
    public void Given_half_the_sum_of_squares_when_imported_then_the_factor_is_in_the_optimizer()
    {
        var net = WithLoss("EuclideanLoss", "");

        var sgd = Import(Solver + "momentum: 0.5 weight_decay: 0.3", net);
        var adam = Import(Solver + "type: 'Adam' delta: 0.3", net);

        Assert.Equal(new Optimizer.Sgd(0.75f, 0.5f, RateInVelocity: true), sgd.Training!.Optimizer);
        Assert.Equal(0.3f / 1.5f, sgd.Training.Updates["ip.weight"].L2);
        Assert.Contains("1.5 times the MeanSquaredError", Assert.Single(sgd.Notes), StringComparison.Ordinal);
        Assert.Equal(0.3f / 1.5f, ((Optimizer.Adam)adam.Training!.Optimizer!).Epsilon);
        Assert.Equal(0.5f, adam.Training.Optimizer.LearningRate);
        Refused("AdaDelta is not known", () => Import(Solver + "type: 'AdaDelta' momentum: 0.9", net));
    }

    [Fact]
    public void Given_a_loss_weight_when_imported_then_it_is_a_factor_too() =>
        Assert.Equal(
            new Optimizer.Sgd(1, RateInVelocity: true),
            Import(Solver, WithLoss("SoftmaxWithLoss", "loss_weight: 2")).Training!.Optimizer
        );

    [Theory]
    [InlineData("clip_gradients: 0", "", "clip_gradients is 0, and must be a finite number greater than 0")]
    [InlineData("type: 'RMSProp' momentum: 0.9", "", "takes no momentum")]
    [InlineData("type: 'LBFGS'", "", "the solver LBFGS is not known")]
    [InlineData("type: 'SGD' solver_type: SGD", "", "both type and solver_type")]
    [InlineData("regularization_type: 'L3'", "", "regularization_type is L3")]
    [InlineData("weight_decay: -1", "", "weight_decay is -1")]
    [InlineData("momentum: 1.5", "", "momentum is 1.5")]
    [InlineData("learning_rate: 1", "", "learning_rate is no field of SolverParameter")]
    [InlineData("", "loss_param { normalization: NONE }", "normalization NONE is not trained")]
    [InlineData("", "loss_param { ignore_label: 1 normalization: FULL }", "normalization FULL is not trained")]
    [InlineData("", "softmax_param { axis: 0 }", "classes along axis 0")]
    public void Given_what_is_not_known_when_imported_then_it_is_refused(string solver, string loss, string reason) =>
        Refused(reason, () => Import(Solver + solver, WithLoss("SoftmaxWithLoss", loss)));

    [Theory]
    [InlineData("net: '../net.prototxt'", "leads out of the file's folder")]
    [InlineData("net: '/etc/passwd'", "leads out of the file's folder")]
    [InlineData("net: 'other.prototxt'", "is not in the file's folder")]
    [InlineData("", "this one has 0 of them")]
    [InlineData("net: 'net.prototxt' train_net: 'net.prototxt'", "this one has 2 of them")]
    public void Given_a_solver_without_a_net_in_its_folder_when_imported_then_it_is_refused(
        string net,
        string reason
    ) => Refused(reason, () => Import($"{net} base_lr: 0.5 lr_policy: 'fixed' max_iter: 7"));

    [Fact]
    public void Given_a_path_from_where_Caffe_was_started_when_imported_then_the_net_is_found_in_the_solver_s_folder() =>
        Assert.NotNull(
            Import(Solver.Replace("net.prototxt", "examples/mnist/net.prototxt", StringComparison.Ordinal)).Training
        );

    [Fact]
    public void Given_a_link_out_of_the_folder_when_imported_then_it_is_refused()
    {
        using var outside = new CaffeFolder(("net.prototxt", Net));
        using var folder = new CaffeFolder(("solver.prototxt", Solver));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "net.prototxt"), Path.Combine(outside.Path, "net.prototxt"));
        Refused(
            "symbolic link",
            () => ModelFormats.Import(Path.Combine(folder.Path, "solver.prototxt"), new() { InputShape = Shape.Of(4) })
        );
    }

    [Fact]
    public void Given_a_net_within_the_solver_when_imported_then_it_is_the_same() =>
        Assert.Equal(
            Import(Solver).Graph.Operations.Length,
            Import($"net_param {{ {Net} }} base_lr: 0.5 lr_policy: 'fixed' max_iter: 7").Graph.Operations.Length
        );

    [Fact]
    public void Given_data_without_a_shape_when_imported_then_the_error_says_what_to_give() =>
        Refused("such as 1,28,28", () => ImportFiles(new(), ("s.prototxt", Solver), ("net.prototxt", Net)));

    [Fact]
    public void Given_two_losses_when_imported_then_they_are_refused_and_one_of_weight_0_is_none()
    {
        const string Second =
            "layer { name: 'aux' type: 'SoftmaxWithLoss' bottom: 'ip' bottom: 'label' top: 'aux' LW }";
        Refused("2 losses (loss, aux)", () => Import(Solver, Net + Second.Replace("LW", "", StringComparison.Ordinal)));
        Assert.NotNull(Import(Solver, Net + Second.Replace("LW", "loss_weight: 0", StringComparison.Ordinal)).Training);
    }

    [Fact]
    public void Given_means_and_a_scale_when_imported_then_they_are_taken_away_in_scaled_units()
    {
        const string Transform =
            "transform_param { scale: 0.5 mean_value: 10 mean_value: 20 mirror: true crop_size: 4 }";
        var net = Net.Replace("data_param", $"{Transform} data_param", StringComparison.Ordinal);

        var model = ImportFiles(
            new() { InputShape = Shape.Of(2, 4, 4) },
            ("s.prototxt", Solver),
            ("net.prototxt", net)
        );

        Assert.Equal(0.5f, model.Training!.InputScale);
        Assert.Equal(
            [5f, 10f],
            ConstantValue.Of(model.Graph.Operations.First(o => o.Type == "Constant")).Floats.ToArray()
        );
        Assert.Equal("Sub", model.Graph.Operations[1].Type);
        Assert.Equal(2, model.Notes.Length);
    }

    [Fact]
    public async Task Given_a_mean_of_each_element_in_a_file_when_run_then_it_is_taken_away_in_scaled_units()
    {
        var net = Net.Replace(
            "data_param",
            "transform_param { scale: 0.5 mean_file: 'examples/mean.binaryproto' } data_param",
            StringComparison.Ordinal
        );
        using var folder = new CaffeFolder(("solver.prototxt", Solver), ("net.prototxt", net));
        var solver = Path.Combine(folder.Path, "solver.prototxt");
        var options = new ImportOptions { InputShape = Shape.Of(1, 2, 2) };
        Refused("mean.binaryproto\" is not in the file's folder", () => ModelFormats.Import(solver, options));
        var mean = Path.Combine(folder.Path, "mean.binaryproto");
        File.WriteAllBytes(mean, CaffeFile.OldBlob([1, 1, 2, 2], [2, 4, 6, 8]).ToArray());

        var model = ModelFormats.Import(solver, options);

        Assert.Equal([1f, 2f, 3f, 4f], model.Weights["d.mean"].Floats.ToArray());
        Assert.DoesNotContain("d.mean", model.Training!.Updates.Keys);
        var input = TensorValue.Of(Shape.Of(1, 1, 2, 2), [1, 2, 3, 4]); // the mean itself: what is left is the bias
        var found = await CaffeRuns.Run(device, model, ("data", input));
        Assert.Equal(model.Weights["ip.bias"].Floats.ToArray(), found["ip"].Floats.ToArray());

        File.WriteAllBytes(mean, CaffeFile.OldBlob([1, 1, 1, 2], [2, 4]).ToArray());
        Refused("has the lengths (1, 1, 1, 2)", () => ModelFormats.Import(solver, options));
    }

    [Fact]
    public void Given_weights_that_a_solver_names_when_imported_then_they_begin_it_and_what_they_lack_is_drawn()
    {
        using var folder = new CaffeFolder(
            ("solver.prototxt", Solver + "weights: 'w.caffemodel'"),
            ("net.prototxt", Net)
        );
        var weights = new CaffeFile().Layer(
            "ip",
            ([3, 4], [.. Enumerable.Range(0, 12).Select(i => (float)i)]),
            ([3], [7, 8, 9])
        );
        File.WriteAllBytes(Path.Combine(folder.Path, "w.caffemodel"), weights.Layer("old", ([1], [1])).ToArray());

        var model = ModelFormats.Import(
            Path.Combine(folder.Path, "solver.prototxt"),
            new() { InputShape = Shape.Of(4) }
        );

        Assert.Equal([7f, 8f, 9f], model.Weights["ip.bias"].Floats.ToArray());
        Assert.Contains("does not use: old", Assert.Single(model.Notes), StringComparison.Ordinal);
    }

    internal static TrainingGraph Training(ImportedModel model) =>
        new()
        {
            Graph = model.Graph,
            Loss = model.Training!.Loss!,
            Optimizer = new Optimizer.Sgd(),
        };

    private static string WithLoss(string type, string settings) =>
        Net.Replace("SoftmaxWithLoss", type, StringComparison.Ordinal)
            .Replace("top: \"loss\"", $"top: 'loss' {settings}", StringComparison.Ordinal);

    private static ImportedModel Import(string solver, string net = Net) =>
        ImportFiles(new() { InputShape = Shape.Of(4) }, ("solver.prototxt", solver), ("net.prototxt", net));

    private static void Refused(string reason, Func<ImportedModel> import) =>
        Assert.Contains(reason, Assert.ThrowsAny<ModelFileException>(import).Message, StringComparison.Ordinal);
}
