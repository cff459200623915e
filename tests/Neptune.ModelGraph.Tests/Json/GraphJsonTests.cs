using System.Collections.Immutable;
using System.Text;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class GraphJsonTests
{
    private static readonly string Good = Encoding.UTF8.GetString(
        GraphJson.Write(
            Sequential
                .Of(Dense(2, Activation.Softmax))
                .Compile(Adam(), SparseCategoricalCrossentropy())
                .Build(Shape.Of(3))
        )
    );

    private static readonly Gen<AttributeValue> AnyAttribute = Gen.OneOf<AttributeValue>(
        Gen.Long.Select(value => (AttributeValue)new AttributeValue.Int(value)),
        Gen.Float.Select(value => (AttributeValue)new AttributeValue.Float(value)),
        AnyText().Select(value => (AttributeValue)new AttributeValue.Text(value)),
        Gen.Long.Array[0, 5].Select(values => (AttributeValue)new AttributeValue.Ints([.. values])),
        Gen.Float.Array[0, 5].Select(values => (AttributeValue)new AttributeValue.Floats([.. values]))
    );

    private static readonly Gen<Initializer> AnyInitializer = Gen.OneOf<Initializer>(
        Gen.Float.Select(value => (Initializer)new Initializer.Constant(value)),
        Gen.Select(Gen.Long[1, 1L << 40], Gen.Long[1, 9], (a, b) => (Initializer)new Initializer.GlorotUniform(a, b)),
        Gen.Long[1, 9].Select(fan => (Initializer)new Initializer.HeUniform(fan)),
        Gen.Long[1, 9].Select(fan => (Initializer)new Initializer.HeNormal(fan)),
        Gen.Select(Gen.Float, Gen.Float, (a, b) => (Initializer)new Initializer.Uniform(a, b)),
        Gen.Select(Gen.Float, Gen.Float, (a, b) => (Initializer)new Initializer.Normal(a, b))
    );

    private static readonly Gen<Shape> AnyShape = Gen.OneOf(
            Gen.Long[0, long.MaxValue].Select(length => Dimension.Fixed(length)),
            Gen.Char['A', 'Z'].Select(symbol => Dimension.Symbolic(symbol.ToString()))
        )
        .Array[0, 5]
        .Select(dimensions => new Shape([.. dimensions]));

    private static readonly Gen<ElementType> AnyType = Gen.Enum<ElementType>();

    private static readonly Gen<Operation> AnyOperation = Gen.Select(
        AnyText(),
        AnyText().Array[0, 3],
        Gen.Select(AnyText(), AnyAttribute).Array[0, 4],
        (name, values, attributes) =>
            new Operation
            {
                Name = name,
                Type = name + "Type",
                Inputs = [.. values],
                Outputs = [.. values.Reverse()],
                Attributes = attributes
                    .DistinctBy(a => a.Item1)
                    .ToImmutableSortedDictionary(a => a.Item1, a => a.Item2, StringComparer.Ordinal),
            }
    );

    private static readonly Gen<Graph> AnyGraph = Gen.Select(
        AnyText(),
        Gen.Select(AnyText(), AnyType, AnyShape, (name, type, shape) => new ValueSignature(name, type, shape)).Array[
            0,
            3
        ],
        AnyOperation.Array[0, 4],
        Gen.Select(
            AnyText(),
            AnyType,
            AnyShape,
            AnyInitializer,
            Gen.Bool,
            (name, type, shape, initializer, trainable) =>
                new Parameter
                {
                    Name = name,
                    Type = type,
                    Shape = shape,
                    Initializer = initializer,
                    Trainable = trainable,
                }
        ).Array[0, 4],
        (name, signatures, operations, parameters) =>
            new Graph
            {
                Name = name,
                Inputs = [.. signatures],
                Outputs = [.. signatures.Reverse()],
                Operations = [.. operations],
                Parameters = [.. parameters],
            }
    );

    [Fact]
    public void Given_any_graph_of_any_values_when_written_and_read_then_it_is_the_same() =>
        AnyGraph.Sample(
            graph =>
            {
                var json = JsonOutput.Write(writer =>
                {
                    writer.WriteStartObject();
                    GraphPart.Write(writer, "graph", graph);
                    writer.WriteEndObject();
                });
                var read = JsonInput.Read(json, int.MaxValue, 16, input => GraphPart.Read(input["graph"]));
                Assert.Equal(graph.Name, read.Name);
                Assert.Equal(graph.Inputs, read.Inputs);
                Assert.Equal(graph.Outputs, read.Outputs);
                Assert.Equal(graph.Parameters, read.Parameters);
                Assert.Equal(graph.Operations.Length, read.Operations.Length);
                foreach (var (written, back) in graph.Operations.Zip(read.Operations))
                {
                    Assert.Equal((written.Name, written.Type), (back.Name, back.Type));
                    Assert.Equal(written.Inputs, back.Inputs);
                    Assert.Equal(written.Outputs, back.Outputs);
                    Assert.Equal(written.Attributes, back.Attributes);
                }
            },
            iter: 500
        );

    [Fact]
    public void Given_any_training_graph_when_written_and_read_then_the_bytes_are_equal() =>
        RandomGraphs.Training.Sample(
            training =>
            {
                var json = GraphJson.Write(training);
                Assert.Equal(json, GraphJson.Write(GraphJson.ReadTraining(json)));
                var graph = GraphJson.Write(training.Graph);
                Assert.Equal(graph, GraphJson.Write(GraphJson.ReadGraph(graph)));
                var inference = GraphJson.Write(InferenceGraphs.From(training) with { Labels = ["a", "é"] });
                Assert.Equal(inference, GraphJson.Write(GraphJson.ReadInference(inference)));
            },
            iter: 200
        );

    [Fact]
    public void Given_attributes_in_another_order_when_written_then_the_bytes_are_equal()
    {
        var graph = GraphJson.ReadTraining(Encoding.UTF8.GetBytes(Good)).Graph;
        var reversed = Comparer<string>.Create((a, b) => -string.CompareOrdinal(a, b));
        AttributeValue one = 1L;
        AttributeValue half = 0.5f;
        var attributes = new Dictionary<string, AttributeValue> { ["transB"] = one, ["alpha"] = half };
        Graph With(IComparer<string> order) =>
            graph with
            {
                Operations = graph.Operations.SetItem(
                    0,
                    graph.Operations[0] with
                    {
                        Attributes = attributes.ToImmutableSortedDictionary(order),
                    }
                ),
            };

        Assert.Equal(GraphJson.Sha256(With(StringComparer.Ordinal)), GraphJson.Sha256(With(reversed)));
        Assert.NotEqual(GraphJson.Sha256(graph), GraphJson.Sha256(With(reversed)));
    }

    public static TheoryData<string, string, string> Broken =>
        new()
        {
            {
                "\"formatVersion\":1",
                "\"formatVersion\":2",
                "JSON $.formatVersion: is 2, and this Neptune reads versions 1 to 1"
            },
            { "\"kind\":\"training\"", "\"kind\":\"graph\"", "JSON $.kind: is graph, and a training graph is wanted" },
            { "\"metrics\":[]", "\"metrics\":[],\"metric\":[]", "field metric is not known. Did you mean metrics" },
            {
                "\"metrics\":[]",
                "\"metrics\":[\"acuracy\"]",
                "JSON $.metrics[0]: Metric acuracy is not known. Did you mean accuracy?"
            },
            { ",\"metrics\":[]", "", "JSON $: field metrics is missing" },
            { "\"type\":\"adam\"", "\"type\":\"adan\"", "JSON $.optimizer.type: adan is not known. Did you mean adam" },
            {
                "\"learningRate\":0.001",
                "\"learningRate\":\"fast\"",
                "JSON $.optimizer.learningRate: must be a number"
            },
            { "\"learningRate\":0.001", "\"learningRate\":0", "The learning rate is 0" },
            { "\"learningRate\":0.001", "\"learningRate\":1e99", "must be a real number of 32 bits" },
            { "\"shape\":[\"N\",3]", "\"shape\":[\"N\",-3]", "JSON $.graph.inputs[0].shape[1]: is -3" },
            { "\"shape\":[\"N\",3]", "\"shape\":[\" \",3]", "is an empty symbol" },
            { "\"shape\":[\"N\",3]", "\"shape\":[\"N\",3.5]", "must be a whole number" },
            { "\"transB\":{\"int\":1}", "\"transB\":{\"int\":1,\"float\":1}", "must have one field" },
            {
                "\"transB\":{\"int\":1}",
                "\"transB\":1",
                "JSON $.graph.operations[0].attributes.transB: must be an object"
            },
            { "\"type\":\"Gemm\"", "\"type\":\"Gemmm\"", "Gemmm (in dense). Did you mean Gemm?" },
            { "\"name\":\"dense\"", "\"name\":\"dense\",\"name\":\"dense\"", "The JSON is broken" },
            { "\"name\":\"dense\"", "\"name\":\"\\ud800\"", "not Unicode" },
            { "\"fanIn\":3", "\"fanIn\":0", "initializer.fanIn: is 0, and must be at least 1" },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Given_broken_json_when_read_then_the_error_names_the_path(string part, string broken, string expected)
    {
        Assert.Contains(part, Good);

        var error = Assert.Throws<GraphException>(() =>
            GraphJson.ReadTraining(Encoding.UTF8.GetBytes(Good.Replace(part, broken)))
        );

        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Given_deep_nesting_when_read_then_it_is_refused() =>
        Assert.Throws<GraphException>(() => GraphJson.ReadGraph(Encoding.UTF8.GetBytes(new string('[', 1_000_000))));

    [Fact]
    public void Given_json_longer_than_the_limit_when_read_then_it_is_refused_unparsed() =>
        Assert.Contains(
            "at most",
            Assert.Throws<GraphException>(() => GraphJson.ReadGraph(new byte[GraphJson.MaximumBytes + 1])).Message
        );

    [Fact]
    public void Given_any_altered_json_when_read_then_there_is_a_graph_or_a_graph_error() =>
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Byte)
            .Array[1, 3]
            .Sample(
                changes =>
                {
                    var bytes = Encoding.UTF8.GetBytes(Good);
                    foreach (var (at, value) in changes)
                    {
                        bytes[at] = value;
                    }
                    var error = Record.Exception(() => GraphJson.ReadTraining(bytes));
                    Assert.True(error is null or GraphException, $"{error}");
                },
                iter: 3000
            );

    private static Gen<string> AnyText() => Gen.String[Gen.Char[' ', '\u2FFF'], 1, 10];
}
