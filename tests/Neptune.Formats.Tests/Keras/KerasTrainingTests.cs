using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>How files want their models to be trained.</summary>
public sealed class KerasTrainingTests
{
    private const string Model = """
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
            {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4], "name": "x"}},
            {"class_name": "Softmax", "config": {"name": "y"}}]}}
        """;

    public static TheoryData<string, string, Optimizer> Optimizers =>
        new()
        {
            { "2.11.0", "\"sgd\"", new Optimizer.Sgd() },
            {
                "2.11.0",
                """{"class_name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.9, "nesterov": true}}""",
                new Optimizer.Sgd(0.1f, 0.9f, true, RateInVelocity: true)
            },
            {
                "2.0.5",
                """{"class_name": "Adam", "config": {"lr": 0.01, "beta_1": 0.8, "decay": 0.5, "epsilon": 1e-8}}""",
                new Optimizer.Adam(0.01f, 0.8f, Epsilon: 1e-8f, EpsilonHat: true)
                {
                    Schedule = new LearningRateSchedule.Inverse(0.5f),
                }
            },
            {
                "3.1.0",
                """{"module": "keras.optimizers", "class_name": "AdamW", "config": {"weight_decay": 0.01}}""",
                new Optimizer.AdamW(WeightDecay: 0.01f, EpsilonHat: true)
            },
            { "3.1.0", "\"rmsprop\"", new Optimizer.RmsProp(EpsilonInRoot: true) },
            { "2.4.0", "\"rmsprop\"", new Optimizer.RmsProp() },
            {
                "2.4.0",
                """{"class_name": "RMSprop", "config": {"momentum": 0.5, "centered": false}}""",
                new Optimizer.RmsProp(Momentum: 0.5f, EpsilonInRoot: true)
            },
            {
                "3.1.0",
                """{"class_name": "Adagrad", "config": {"initial_accumulator_value": 0.2}}""",
                new Optimizer.AdaGrad(0.01f, 0.2f, EpsilonInRoot: true)
            },
            {
                "3.1.0",
                """{"class_name": "Adadelta", "config": {"rho": 0.9}}""",
                new Optimizer.AdaDelta(Rho: 0.9f, Epsilon: 1e-7f)
            },
            { "3.1.0", """{"class_name": "Adamax", "config": {"learning_rate": 0.5}}""", new Optimizer.AdaMax(0.5f) },
        };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Given_an_optimizer_when_imported_then_it_is_the_same(string version, string json, Optimizer expected) =>
        Assert.Equal(
            expected,
            Import($$"""{"optimizer_config": {{json}}, "loss": "mse"}""", version).Training?.Optimizer
        );

    public static TheoryData<string, float, LearningRateSchedule> Schedules =>
        new()
        {
            {
                """{"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": true}}""",
                0.1f,
                new LearningRateSchedule.Step(0.5f, 10)
            },
            {
                """{"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}}""",
                0.1f,
                new LearningRateSchedule.Exponential(0.5f, 10)
            },
            {
                """{"class_name": "InverseTimeDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}}""",
                0.1f,
                new LearningRateSchedule.Inverse(0.5f, 1, 10)
            },
            {
                """{"class_name": "PolynomialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 10, "end_learning_rate": 0.01, "power": 2, "cycle": false}}""",
                0.1f,
                new LearningRateSchedule.Polynomial(10, 2, 0.01f)
            },
            {
                """{"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 10, "alpha": 0.2, "warmup_target": null, "warmup_steps": 0}}""",
                0.1f,
                new LearningRateSchedule.Cosine(10, 0.2f)
            },
            {
                """{"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [5, 9], "values": [0.5, 0.25, 0.125]}}""",
                0.5f,
                new LearningRateSchedule.Piecewise([(6, 0.5f), (10, 0.25f)])
            },
        };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Given_a_schedule_when_imported_then_it_is_the_same(
        string json,
        float rate,
        LearningRateSchedule expected
    )
    {
        var optimizer = Import(
            $$$"""{"optimizer_config": {"class_name": "SGD", "config": {"learning_rate": {{{json}}}}}, "loss": "mse"}"""
        ).Training?.Optimizer;
        Assert.Equal(rate, optimizer?.LearningRate);
        Assert.Equal(expected, optimizer?.Schedule);
    }

    public static TheoryData<string, Loss> Losses =>
        new()
        {
            { "\"categorical_crossentropy\"", new Loss.CategoricalCrossentropy() },
            { "[\"mae\"]", new Loss.MeanAbsoluteError() },
            { """{"y": "mean_squared_error"}""", new Loss.MeanSquaredError() },
            {
                """{"class_name": "SparseCategoricalCrossentropy", "config": {"reduction": "auto", "name": "l", "from_logits": true, "ignore_class": 3}}""",
                new Loss.SparseCategoricalCrossentropy(true, 3)
            },
            {
                """{"class_name": "BinaryCrossentropy", "config": {"from_logits": true, "label_smoothing": 0.0}}""",
                new Loss.BinaryCrossentropy(true)
            },
            { """{"class_name": "Huber", "config": {"delta": 2.0}}""", new Loss.Huber(2) },
            {
                """{"module": "builtins", "class_name": "function", "config": "huber", "registered_name": "function"}""",
                new Loss.Huber()
            },
        };

    [Theory]
    [MemberData(nameof(Losses))]
    public void Given_a_loss_when_imported_then_it_is_the_same(string json, Loss expected) =>
        Assert.Equal(expected, Import($$"""{"optimizer_config": "adam", "loss": {{json}}}""").Training?.Loss);

    [Theory]
    [InlineData("\"ftrl\"", "\"mse\"", "the optimizer ftrl is not known")]
    [InlineData("\"nadam\"", "\"mse\"", "the optimizer nadam is not known")]
    [InlineData("""{"class_name": "Adam", "config": {"amsgrad": true}}""", "\"mse\"", "amsgrad")]
    [InlineData(
        """{"class_name": "Adam", "config": {"clipnorm": -1.0}}""",
        "\"mse\"",
        "clipnorm of the optimizer is -1"
    )]
    [InlineData("""{"class_name": "Adam", "config": {"clipnorm": 1, "clipvalue": 2}}""", "\"mse\"", "several ways")]
    [InlineData("""{"class_name": "Adam", "config": {"use_ema": true}}""", "\"mse\"", "use_ema")]
    [InlineData("""{"class_name": "SGD", "config": {"weight_decay": 0.1}}""", "\"mse\"", "weight_decay")]
    [InlineData("""{"class_name": "SGD", "config": {"odd": 0.1}}""", "\"mse\"", "the optimizer's setting odd")]
    [InlineData("""{"class_name": "My>Adam", "config": {}}""", "\"mse\"", "the user's own")]
    [InlineData("\"adam\"", "\"poisson\"", "the loss poisson is not known")]
    [InlineData("\"adam\"", """["mse", "mae"]""", "several losses")]
    [InlineData(
        "\"adam\"",
        """{"class_name": "CategoricalCrossentropy", "config": {"label_smoothing": 0.1}}""",
        "label_smoothing"
    )]
    [InlineData("\"adam\"", """{"class_name": "MeanSquaredError", "config": {"reduction": "sum"}}""", "reduction sum")]
    public void Given_a_setting_that_is_not_known_when_imported_then_no_training_is_given_and_a_note_says_why(
        string optimizer,
        string loss,
        string reason
    )
    {
        var model = Import($$"""{"optimizer_config": {{optimizer}}, "loss": {{loss}}}""");
        Assert.Null(model.Training);
        Assert.Contains(reason, Assert.Single(model.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_metrics_when_imported_then_known_ones_are_measured_and_a_note_lists_the_others()
    {
        var model = Import(
            """
            {"optimizer_config": "adam", "loss": "mse", "metrics": [["acc", "mae", {"class_name": "AUC", "config": {}},
             {"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "fn": "sparse_categorical_accuracy"}}]]}
            """
        );
        Assert.Equal([new Metric.MeanAbsoluteError()], model.Training!.Metrics);
        Assert.Equal(["Metrics that are not measured here: AUC, acc, sparse_categorical_accuracy."], model.Notes);
    }

    public static TheoryData<string, GradientClipping> Clippings =>
        new()
        {
            { "\"clipvalue\": 0.5", new GradientClipping.Value(0.5f) },
            { "\"clipnorm\": 1.0, \"clipvalue\": null", new GradientClipping.Norm(1) },
            { "\"global_clipnorm\": 2", new GradientClipping.GlobalNorm(2) },
        };

    [Theory]
    [MemberData(nameof(Clippings))]
    public void Given_an_optimizer_that_clips_when_imported_then_it_does(string setting, GradientClipping expected)
    {
        var optimizer = """{"class_name": "SGD", "config": {""" + setting + "}}";
        var model = Import($$"""{"optimizer_config": {{optimizer}}, "loss": "mse"}""");
        Assert.Equal(new Optimizer.Sgd() { Clipping = expected }, model.Training!.Optimizer);
    }

    public static TheoryData<string, string, Metric> Measured =>
        new()
        {
            { "sparse_categorical_crossentropy", "\"acc\"", new Metric.Accuracy() },
            { "sparse_categorical_crossentropy", "\"sparse_categorical_accuracy\"", new Metric.Accuracy() },
            { "categorical_crossentropy", "\"categorical_accuracy\"", new Metric.Accuracy() },
            { "sparse_categorical_crossentropy", "\"sparse_top_k_categorical_accuracy\"", new Metric.TopKAccuracy(5) },
            {
                "categorical_crossentropy",
                """{"class_name": "TopKCategoricalAccuracy", "config": {"name": "top", "dtype": "float32", "k": 3}}""",
                new Metric.TopKAccuracy(3)
            },
            { "binary_crossentropy", "\"accuracy\"", new Metric.Accuracy() },
            { "binary_crossentropy", "\"binary_accuracy\"", new Metric.BinaryAccuracy() },
            {
                "binary_crossentropy",
                """{"class_name": "BinaryAccuracy", "config": {"name": "b", "threshold": 0.25}}""",
                new Metric.BinaryAccuracy(0.25f)
            },
            { "binary_crossentropy", "\"AUC\"", new Metric.Auc() },
            {
                "binary_crossentropy",
                """
                    {"module": "keras.metrics", "class_name": "AUC", "registered_name": null, "config": {"name": "auc",
                     "dtype": "float32", "num_thresholds": 200, "curve": "ROC", "summation_method": "interpolation",
                     "multi_label": false, "num_labels": null, "label_weights": null, "from_logits": false}}
                    """,
                new Metric.Auc()
            },
            { "binary_crossentropy", "\"Precision\"", new Metric.Precision() },
            {
                "binary_crossentropy",
                """{"class_name": "Recall", "config": {"thresholds": [0.75], "top_k": null, "class_id": null}}""",
                new Metric.Recall(0.75f)
            },
            { "mse", "\"mae\"", new Metric.MeanAbsoluteError() },
            { "mae", "\"mean_squared_error\"", new Metric.MeanSquaredError() },
            { "mse", """{"class_name": "RootMeanSquaredError", "config": {}}""", new Metric.RootMeanSquaredError() },
            { "mse", "\"MAPE\"", new Metric.MeanAbsolutePercentageError() },
        };

    [Theory]
    [MemberData(nameof(Measured))]
    public void Given_a_metric_when_imported_then_it_is_measured_with_its_settings(
        string loss,
        string metric,
        Metric expected
    )
    {
        var model = Import($$"""{"optimizer_config": "adam", "loss": "{{loss}}", "metrics": [{{metric}}]}""");
        Assert.Equal([expected], model.Training!.Metrics);
        Assert.Empty(model.Notes);
    }

    [Theory]
    [InlineData("binary_crossentropy", """{"class_name": "AUC", "config": {"curve": "PR"}}""")]
    [InlineData("binary_crossentropy", """{"class_name": "AUC", "config": {"num_thresholds": 50}}""")]
    [InlineData("binary_crossentropy", """{"class_name": "AUC", "config": {"multi_label": true}}""")]
    [InlineData("binary_crossentropy", """{"class_name": "Precision", "config": {"thresholds": [0.1, 0.2]}}""")]
    [InlineData("binary_crossentropy", """{"class_name": "Recall", "config": {"top_k": 3}}""")]
    [InlineData("sparse_categorical_crossentropy", "\"AUC\"")]
    [InlineData("sparse_categorical_crossentropy", "\"mae\"")]
    [InlineData("sparse_categorical_crossentropy", "\"mean_iou\"")]
    public void Given_a_metric_that_is_not_known_or_does_not_fit_when_imported_then_a_note_names_it(
        string loss,
        string metric
    )
    {
        var model = Import($$"""{"optimizer_config": "adam", "loss": "{{loss}}", "metrics": [{{metric}}]}""");
        Assert.True(model.Training!.Metrics.IsEmpty);
        Assert.StartsWith("Metrics that are not measured here: ", Assert.Single(model.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GaussianNoise", """ "stddev": 0.1 """)]
    [InlineData("AlphaDropout", """ "rate": 0.1 """)]
    [InlineData("ActivityRegularization", """ "l1": 0.1, "l2": 0.0 """)]
    [InlineData("Dropout", """ "rate": 0.1, "noise_shape": [null, 1] """)]
    public void Given_a_layer_that_acts_otherwise_in_training_when_imported_then_a_note_says_so(
        string type,
        string config
    )
    {
        var model = KerasText.ImportChain("[null, 4]", (type, config), ("Activation", """ "activation": "relu" """));
        Assert.Null(model.Training);
        Assert.Contains($"layer layer_0 ({type})", Assert.Single(model.Notes), StringComparison.Ordinal);
    }

    private static ImportedModel Import(string training, string version = "2.11.0") =>
        KerasText.Import(KerasText.File(Model, training, version), new ImportOptions());
}
