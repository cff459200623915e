using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public sealed class MetricTests
{
    public static TheoryData<Metric, string> Names =>
        new()
        {
            { Accuracy(), "accuracy" },
            { TopKAccuracy(), "top_k_accuracy:5" },
            { TopKAccuracy(3), "top_k_accuracy:3" },
            { BinaryAccuracy(), "binary_accuracy" },
            { BinaryAccuracy(0.25f), "binary_accuracy:0.25" },
            { Precision(0.1f), "precision:0.1" },
            { Recall(), "recall" },
            { Auc(), "auc" },
            { new Metric.MeanAbsoluteError(), "mean_absolute_error" },
            { new Metric.MeanSquaredError(), "mean_squared_error" },
            { RootMeanSquaredError(), "root_mean_squared_error" },
            { MeanAbsolutePercentageError(), "mean_absolute_percentage_error" },
        };

    [Theory]
    [MemberData(nameof(Names))]
    public void Given_a_metric_when_written_as_text_then_it_reads_back_equal(Metric metric, string name)
    {
        Assert.Equal(name, metric.Name);
        Assert.Equal(metric, ModelText.ParseMetric(name));
    }

    [Fact]
    public void Given_short_names_and_defaults_when_parsed_then_they_are_the_typed_ones() =>
        Assert.Equal(
            [
                new Metric.MeanAbsoluteError(),
                new Metric.MeanSquaredError(),
                RootMeanSquaredError(),
                MeanAbsolutePercentageError(),
                TopKAccuracy(),
            ],
            ModelText.ParseMetrics("mae,MSE,rmse,mape,top_k_accuracy").AsEnumerable()
        );

    [Fact]
    public void Given_metrics_of_a_training_graph_when_written_as_JSON_then_they_read_back_equal()
    {
        var graph = Sequential
            .Of(Dense(3, Activation.Softmax))
            .Compile(Sgd(), CategoricalCrossentropy(), [Accuracy(), TopKAccuracy(2), Precision(0.3f), Auc()])
            .Build(Shape.Of(4));
        Assert.Equal(graph.Metrics.AsEnumerable(), GraphJson.ReadTraining(GraphJson.Write(graph)).Metrics);
    }

    public static TheoryData<Metric[], Loss, string> Misfits =>
        new()
        {
            { [Accuracy()], MeanSquaredError(), "Accuracy compares classes, and the loss MeanSquaredError has none" },
            { [TopKAccuracy()], BinaryCrossentropy(), "top_k_accuracy:5 compares classes, and the loss BinaryCross" },
            { [Auc()], MeanSquaredError(), "auc compares each probability with a yes or no, which the loss MeanSq" },
            { [Precision()], SparseCategoricalCrossentropy(), "precision compares each probability" },
            {
                [new Metric.MeanAbsoluteError()],
                SparseCategoricalCrossentropy(),
                "mean_absolute_error compares each output with a target, and the loss SparseCategoricalCrossentropy"
            },
            { [TopKAccuracy(0)], SparseCategoricalCrossentropy(), "top_k_accuracy has k 0, and must have at least 1" },
            { [Recall(1.5f)], BinaryCrossentropy(), "recall:1.5 has a threshold that is no probability in 0..1" },
            { [Recall(float.NaN)], BinaryCrossentropy(), "has a threshold that is no probability" },
            { [Auc(), Auc()], BinaryCrossentropy(), "The metric auc is given 2 times. Give it once." },
        };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Given_a_metric_that_cannot_be_measured_when_compiled_then_it_is_refused_saying_why(
        Metric[] metrics,
        Loss loss,
        string message
    )
    {
        var model = Sequential.Of(Dense(2, Activation.Softmax));
        var error = Assert.Throws<GraphException>(() => model.Compile(Sgd(), loss, metrics));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("top_k_accuracy:many", "k must be a whole number")]
    [InlineData("precision:high", "must be a number")]
    [InlineData("auc:200", "200 is one setting too many")]
    [InlineData("acuracy", "Did you mean accuracy?")]
    public void Given_a_wrong_text_when_parsed_then_the_error_names_it(string text, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<GraphException>(() => ModelText.ParseMetric(text)).Message,
            StringComparison.Ordinal
        );
}
