using System.IO.Compression;
using System.Text;
using Neptune.ModelGraph;
using static Neptune.Formats.Tests.PyTorchSamples;

namespace Neptune.Formats.Tests;

/// <summary>TorchScript files, traced and scripted, as graphs.</summary>
public sealed class TorchScriptTests
{
    [Theory]
    [InlineData("ops0.traced.pt", "ops.expected0.npy")]
    [InlineData("ops0.scripted.pt", "ops.expected0.npy")]
    [InlineData("ops1.traced.pt", "ops.expected1.npy")]
    [InlineData("ops1.scripted.pt", "ops.expected1.npy")]
    public async Task Given_a_model_of_all_known_operators_when_imported_then_answers_are_PyTorch_s(
        string file,
        string expected
    )
    {
        var model = Import(Fixture(file), Shape.Of(3, 16, 12));
        Assert.Equal("TorchScript", model.Source);
        Assert.Equal(Path.GetFileNameWithoutExtension(file), model.Graph.Name);
        await Models.AssertAnswersAsync(model, Npy(Fixture("ops.input.npy")), Npy(Fixture(expected)));
    }

    [Fact]
    public async Task Given_a_model_that_begins_with_features_when_imported_then_its_input_needs_no_shape()
    {
        var model = Import(Fixture("mlp_bn.traced.pt"), null);
        Assert.Equal(Shape.OfBatch(64), Assert.Single(model.Graph.Inputs).Shape);
        Assert.Equal(
            ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"],
            model.Graph.Parameters.Take(4).Select(parameter => parameter.Name)
        );
        Assert.Equal(
            ["layers.1.running_mean", "layers.1.running_var", "layers.5.running_mean", "layers.5.running_var"],
            model.Graph.Parameters.Where(parameter => !parameter.Trainable).Select(parameter => parameter.Name)
        );
        var normalization = model.Graph.Operations.First(operation => operation.Type == "BatchNormalization");
        Assert.Equal((1e-5f, 0.9f), (normalization.Float("epsilon", 0), normalization.Float("momentum", 0)));
        await Models.AssertAnswersAsync(model, Npy(Fixture("mlp_bn.input.npy")), Npy(Fixture("mlp_bn.expected.npy")));
    }

    [Theory]
    [InlineData("lenet", "lenet/lenet.traced.pt")]
    [InlineData("lenet", "lenet/lenet.scripted.pt")]
    [InlineData("small_resnet", "small_resnet/small_resnet.traced.pt")]
    public async Task Given_a_shared_model_with_images_when_imported_then_answers_are_PyTorch_s(
        string folder,
        string file
    ) =>
        await Models.AssertAnswersAsync(
            Import(Shared(file), Shape.Of(1, 28, 28)),
            Npy(Shared($"{folder}/input.npy")),
            Npy(Shared($"{folder}/expected.npy"))
        );

    [Fact]
    public void Given_an_input_of_unknown_shape_when_imported_then_the_error_asks_for_it()
    {
        Says(() => Import(Fixture("lenet.scripted.pt"), null), "which shape its input x has", "(3, 224, 224)");
        Says(
            () => Import(Fixture("lenet.scripted.pt"), Shape.Of(28, 28, 1)),
            "Operation conv1 (Conv): X has shape (N, 28, 28, 1)",
            "channels, height, width"
        );
        Says(() => Import(Fixture("lenet.scripted.pt"), Shape.Of(0)), "fixed lengths of at least 1");
    }

    [Fact]
    public void Given_unknown_operators_when_imported_then_all_are_listed_with_their_places()
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() => Import(Fixture("unsupported.traced.pt"), null));
        Assert.Equal(
            [
                "torch.gelu: is not known (in the model's forward)",
                "torch.logsumexp: is not known (in the model's forward)",
            ],
            error.Problems
        );
    }

    [Theory]
    [InlineData("return torch.add(x, 1)", "torch.add: combines a value with a number (in the model's forward)")]
    [InlineData("return torch.relu(torch.selu(torch.celu(x)))", "torch.celu: is not known (in the model's forward)")]
    [InlineData("return torch.relu(torch.selu(torch.celu(x)))", "torch.selu: is not known (in the model's forward)")]
    [InlineData("for i in range(3):\n      x = torch.relu(x)\n    return x", "for: is no part of a graph")]
    [InlineData("while True:\n      pass\n    return x", "while: is no part of a graph")]
    [InlineData("if torch.gt(torch.size(x, 0), 1):\n      pass\n    return x", "torch.gt: is not known")]
    [InlineData(
        "y = torch.view(x, [-1, 2, 2])\n    z = torch.relu_(x)\n    return y",
        "torch.relu_: changes a value in place"
    )]
    [InlineData(
        "return torch.adaptive_avg_pool2d(x, [3, 3])",
        "torch.adaptive_avg_pool2d: reads a value of shape (N, 4)"
    )]
    [InlineData("return torch.softmax(x, 5)", "torch.softmax: has dimension 5")]
    [InlineData("return torch.flatten(x, 0)", "torch.flatten: flattens the dimension of samples")]
    [InlineData("return torch.dropout(x, 1., False)", "torch.dropout: has a rate of 1")]
    [InlineData("return torch.linear(x, CONSTANTS.c0, None)", "torch.linear: has a weight that is no parameter")]
    public void Given_an_operator_in_a_way_that_is_not_known_when_imported_then_the_reason_is_told(
        string code,
        string problem
    )
    {
        var error = Assert.Throws<UnsupportedOperatorsException>(() => Follow(code));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return 5", "does not give a tensor")]
    [InlineData("return self.nothing", "line 3, in forward: module  has no nothing")]
    [InlineData("return (self).forward(x, )", "calls itself without end")]
    [InlineData(
        "return __torch__.other.f(x)",
        "the code of __torch__.other.f is missing in entry code/__torch__/other.py"
    )]
    [InlineData("ops.prim.RaiseException(\"no\")", "line 3, in forward: the model's own check fails: no")]
    [InlineData("return )", "line 3: ) stands where a value should")]
    [InlineData("return \"x", "line 3: a text has no end")]
    [InlineData("return 1e", "1e is no number")]
    [InlineData("return $", "U+0024")]
    [InlineData("return torch.view(x, [3, 5])", "does not reshape to (3, 5)")]
    [InlineData("x.y = 5", "assigned to something that is no name")]
    [InlineData("if True:\n  return x", "line 4: a")]
    public void Given_code_that_makes_no_model_when_imported_then_the_error_says_where(string code, string message) =>
        Says(() => Follow(code), message);

    [Fact]
    public void Given_code_that_grows_without_end_when_imported_then_it_is_refused_soon()
    {
        Says(() => Follow($"return {new string('(', 10_000)}x"), "nested more than");
        var doubling = new StringBuilder("return (self).f0(x, )\n");
        for (var i = 0; i < 60; i++)
        {
            doubling.Append(
                $"  def f{i}(self, x: Tensor) -> Tensor:\n    return (self).f{i + 1}((self).f{i + 1}(x, ), )\n"
            );
        }
        doubling.Append("  def f60(self, x: Tensor) -> Tensor:\n    return torch.relu(x)");
        Says(() => Follow(doubling.ToString()), "x.pt");
    }

    [Fact]
    public void Given_values_that_are_changed_in_place_when_imported_then_all_who_hold_them_see_it()
    {
        var graph = Follow("y = x\n    z = torch.relu_(x)\n    return (torch.tanh(y), torch.sigmoid(z), x)").Graph;
        Assert.Equal(["relu"], graph.Operations.Single(operation => operation.Type == "Tanh").Inputs);
        Assert.Equal(["tanh", "sigmoid", "relu"], graph.Outputs.Select(output => output.Name));
        Assert.Equal(
            ["input", "input_1"],
            [
                .. Follow("return (x, x)")
                    .Graph.Outputs.Select(o => o.Name.Replace("output", "input", StringComparison.Ordinal)),
            ]
        );
    }

    private static ImportedModel Import(string path, Shape? input) =>
        new PyTorchWeights().Import(path, new() { InputShape = input });

    // A model without parameters whose forward has the given body; its samples have 4 features.
    private static ImportedModel Follow(string body)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("x/data.pkl", "\u0080\u0002c__torch__\nM\n)\u0081}b.");
            Add("x/constants.pkl", "\u0080\u0002).");
            Add(
                "x/code/__torch__.py",
                $"class M(Module):\n  def forward(self: __torch__.M, x: Tensor) -> Tensor:\n    {body}\n"
            );

            void Add(string name, string latin1)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(Encoding.Latin1.GetBytes(latin1));
            }
        }
        stream.Position = 0;
        return PyTorchWeights.Import(stream, "x.pt", new() { InputShape = Shape.Of(4) });
    }

    private static void Says(Action action, params string[] messages)
    {
        var error = Assert.Throws<ModelFileException>(action);
        Assert.All(messages, message => Assert.Contains(message, error.Message, StringComparison.Ordinal));
    }
}
