using Neptune.ModelGraph;
using static Neptune.Formats.Tests.CaffeTexts;

namespace Neptune.Formats.Tests;

/// <summary>Weights of all forms are put to layers by name, or refused with all that does not fit.</summary>
public sealed class CaffeWeightsTests
{
    private const string Net =
        "input: 'data' input_dim: 1 input_dim: 1 input_dim: 1 input_dim: 3 "
        + "layer { name: 'a' type: 'InnerProduct' bottom: 'data' top: 'a' inner_product_param { num_output: 2 } }"
        + "layer { name: 'y' type: 'InnerProduct' bottom: 'a' top: 'y' inner_product_param { num_output: 1 } }";

    private static readonly float[] Six = [1, 2, 3, 4, 5, 6];

    public static TheoryData<string> Forms => ["packed", "single", "double", "legacy"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Given_weights_of_any_form_when_imported_then_they_are_the_same(string form)
    {
        var blob = form switch
        {
            "packed" => CaffeFile.Blob([2, 3], Six),
            "single" => CaffeFile.OldBlob([], Six).Message(7, new ProtobufWriter().Int64s(1, [2, 3])),
            "double" => CaffeFile.DoubleBlob([2, 3], [1, 2, 3, 4, 5, 6]),
            _ => CaffeFile.OldBlob([1, 1, 2, 3], Six),
        };
        var model = Import(Net, Last(new CaffeFile().Layer("a", blob, CaffeFile.OldBlob([1, 1, 1, 2], [7, 8]))));
        Assert.Equal((Shape.Of(2, 3), Shape.Of(2)), (model.Weights["a.weight"].Shape, model.Weights["a.bias"].Shape));
        Assert.Equal(Six, model.Weights["a.weight"].Floats.ToArray());
        Assert.Equal([7f, 8f], model.Weights["a.bias"].Floats.ToArray());
    }

    [Fact]
    public void Given_weights_that_do_not_fit_when_imported_then_all_that_is_wrong_is_listed_at_once()
    {
        var file = new CaffeFile().Layer("a", ([3, 2], Six), ([2], [1, 2]), ([1], [1])).Layer("other", ([1], [1]));
        var error = Assert.Throws<ModelFileException>(() => Import(Net, file)).Message;
        Assert.StartsWith("net.caffemodel: its weights do not fit the net", error, StringComparison.Ordinal);
        Assert.Contains(
            "a: blob 0 has the lengths (3, 2) and 6 numbers, and the layer takes (2, 3)",
            error,
            StringComparison.Ordinal
        );
        Assert.Contains("a: 3 blobs, and the layer takes 2", error, StringComparison.Ordinal);
        Assert.Contains("y: missing", error, StringComparison.Ordinal);
        Assert.Contains("not in the net: other", error, StringComparison.Ordinal);
    }

    // Number 147 is swish_param, whose first field is a real number; other programs keep settings of an LSTM there.
    [Fact]
    public void Given_settings_of_another_program_under_a_number_of_Caffe_s_when_imported_then_they_are_passed_over()
    {
        ProtobufWriter Layer(string name, params ProtobufWriter[] blobs)
        {
            var layer = new ProtobufWriter().Text(1, name).Message(147, new ProtobufWriter().Int64(1, 20));
            foreach (var blob in blobs)
            {
                layer.Message(7, blob);
            }
            return layer;
        }
        var file = new ProtobufWriter()
            .Message(100, Layer("a", CaffeFile.Blob([2, 3], Six), CaffeFile.Blob([2], [1, 2])))
            .Message(100, Layer("y", CaffeFile.Blob([1, 2], [1, 2]), CaffeFile.Blob([1], [1])));
        var weights = CaffeReader.ReadWeights(file.ToArray(), "net.caffemodel");
        var model = new CaffeImport
        {
            Net = CaffeReader.ReadNet(Net, "net.prototxt"),
            Weights = weights,
            Options = new(),
        }.Run();
        Assert.Equal(Six, model.Weights["a.weight"].Floats.ToArray());
    }

    [Fact]
    public void Given_layers_that_the_net_does_not_use_when_imported_then_the_import_says_so() =>
        Assert.Contains(
            "does not use: loss1/fc",
            Assert.Single(Import(Net, Last(First(new CaffeFile()).Layer("loss1/fc", ([1], [1])))).Notes),
            StringComparison.Ordinal
        );

    [Fact]
    public void Given_fewer_numbers_than_the_shape_says_when_imported_then_it_is_refused() =>
        Assert.Contains(
            "(2, 3) and 5 numbers",
            Assert
                .Throws<ModelFileException>(() =>
                    Import(Net, Last(new CaffeFile().Layer("a", ([2, 3], Six[1..]), ([2], [1, 2]))))
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Given_two_layers_of_one_name_when_imported_then_it_is_refused() =>
        Assert.Contains(
            "two layers of the net are called so",
            Assert
                .Throws<ModelFileException>(() =>
                    Import(Net.Replace("name: 'y'", "name: 'a'", StringComparison.Ordinal), First(new CaffeFile()))
                )
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Given_weights_in_one_piece_when_imported_then_they_are_not_copied()
    {
        const int Width = 2_000_000;
        var net =
            $"input: 'data' input_shape {{ dim: 1 dim: {Width} }} layer {{ name: 'y' type: 'InnerProduct' bottom: 'data' top: 'y' inner_product_param {{ num_output: 1 }} }}";
        var bytes = new CaffeFile().Layer("y", ([1, Width], new float[Width]), ([1], [1])).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var model = new CaffeImport
        {
            Net = CaffeReader.ReadNet(net, "net.prototxt"),
            Weights = CaffeReader.ReadWeights(bytes, "net.caffemodel"),
            Options = new(),
        }.Run();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes.Length / 4);
        Assert.Equal(Width, model.Weights["y.weight"].Floats.Length);
    }

    [Fact]
    public void Given_a_file_of_weights_alone_when_it_holds_the_net_s_settings_then_it_is_a_model()
    {
        var settings = new ProtobufWriter().Int64(1, 2);
        var layer = new ProtobufWriter()
            .Text(1, "ip")
            .Text(2, "InnerProduct")
            .Text(3, "data")
            .Text(4, "ip")
            .Message(117, settings);
        layer.Message(7, CaffeFile.Blob([2, 3], Six)).Message(7, CaffeFile.Blob([2], [7, 8]));
        var data = new ProtobufWriter().Text(1, "d").Text(2, "Data").Text(4, "data").Text(4, "label");
        var loss = new ProtobufWriter()
            .Text(1, "loss")
            .Text(2, "SoftmaxWithLoss")
            .Text(3, "ip")
            .Text(3, "label")
            .Text(4, "loss");
        var bytes = new ProtobufWriter()
            .Text(1, "n")
            .Message(100, data)
            .Message(100, layer)
            .Message(100, loss)
            .ToArray();

        var model = Alone(bytes, new() { InputShape = Shape.Of(3) });

        Assert.Equal(Six, model.Weights["ip.weight"].Floats.ToArray());
        Assert.Equal("ip", Assert.Single(model.Graph.Outputs).Name);
        var error = Assert.Throws<ModelFileException>(() => Alone(bytes, new())).Message;
        Assert.Contains("such as 1,28,28", error, StringComparison.Ordinal);
        Assert.Contains(
            "import the net's .prototxt, and give this file as its weights",
            error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("w.caffemodel")]
    [InlineData("w.caffemodel.h5")]
    public void Given_weights_in_HDF5_when_imported_then_the_error_says_what_to_save(string name)
    {
        using var folder = new CaffeFolder();
        var path = Path.Combine(folder.Path, name);
        File.WriteAllBytes(path, [0x89, .. "HDF\r\n\x1a\n"u8, 0, 0]);
        var error = Assert.Throws<ModelFileException>(() => ModelFormats.Import(path, new())).Message;
        Assert.Contains("BINARYPROTO", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.prototxt", "Caffe")]
    [InlineData("a.PROTOTXT", "Caffe")]
    [InlineData("a.prototxt.txt", "Caffe")]
    [InlineData("a.caffemodel", "Caffe")]
    public void Given_a_file_of_Caffe_when_its_format_is_asked_for_then_it_is_Caffe(string name, string format)
    {
        using var folder = new CaffeFolder((name, "x"));
        Assert.Equal(format, ModelFormats.Of(Path.Combine(folder.Path, name)).Name);
    }

    [Fact]
    public void Given_a_text_that_is_neither_net_nor_solver_when_imported_then_it_is_refused() =>
        Assert.Contains(
            "neither layers nor a solver's settings",
            Assert.Throws<ModelFileException>(() => ImportFiles(new(), ("n.prototxt", "name: 'x'"))).Message,
            StringComparison.Ordinal
        );

    private static ImportedModel Alone(byte[] bytes, ImportOptions options) =>
        CaffeFormat.ImportBinary(CaffeReader.ReadWeights(bytes, "n.caffemodel"), null, options);

    private static CaffeFile First(CaffeFile file) => file.Layer("a", ([2, 3], Six), ([2], [1, 2]));

    private static CaffeFile Last(CaffeFile file) => file.Layer("y", ([1, 2], [1, 2]), ([1], [3]));
}
