using System.IO.Compression;
using System.Text;
using static Neptune.ModelGraph.Layers;

namespace Neptune.ModelGraph.Tests;

public class PackageFileTests
{
    private static readonly TrainingPackage Small = MakeSmall();

    [Fact]
    public void Given_any_training_package_when_written_and_read_then_it_is_the_same() =>
        RandomGraphs.Package.Sample(
            package =>
            {
                var read = PackageFile.ReadTraining(Written(package), "any");
                Assert.Equal(GraphJson.Write(package.Graph), GraphJson.Write(read.Graph));
                AssertEqual(package.Weights, read.Weights);
                AssertEqual(package.OptimizerState, read.OptimizerState);
                Assert.Equal(package.Position, read.Position);
                Assert.Equal(package.History, read.History);
                Assert.Equal(package.Lineage, read.Lineage);
                Assert.Equal(package.InputScale, read.InputScale);
                Assert.Equal(package.Labels, read.Labels);
                Assert.Equal(Bytes(package), Bytes(read));
            },
            iter: 100
        );

    [Fact]
    public void Given_any_inference_package_when_written_and_read_then_it_is_the_same() =>
        RandomGraphs.Package.Sample(
            package =>
            {
                var inference = package.ToInference();
                using var file = new MemoryStream();
                PackageFile.Write(inference, file);
                file.Position = 0;
                var read = PackageFile.ReadInference(file, "any");
                Assert.Equal(GraphJson.Write(inference.Graph), GraphJson.Write(read.Graph));
                AssertEqual(inference.Weights, read.Weights);
                Assert.Equal(inference.Lineage, read.Lineage);
                Assert.DoesNotContain(read.Graph.Graph.Operations, o => o.Type == "Dropout");
            },
            iter: 100
        );

    [Fact]
    public void Given_a_training_package_when_read_for_inference_then_it_answers()
    {
        var read = PackageFile.ReadInference(Written(Small), "small.neptune");

        Assert.Equal(GraphJson.Sha256(Small.ToInference().Graph), GraphJson.Sha256(read.Graph));
        Assert.Equal(1f / 16, read.Graph.InputScale);
        Assert.Equal(["no", "yes"], read.Graph.Labels);
    }

    [Fact]
    public void Given_an_inference_package_when_read_for_training_then_the_error_says_what_to_give()
    {
        using var file = new MemoryStream();
        PackageFile.Write(Small.ToInference(), file);
        file.Position = 0;

        var error = Assert.Throws<PackageException>(() => PackageFile.ReadTraining(file, "small.neptune"));

        Assert.Equal(
            "Package small.neptune is an inference package: it answers, but has no optimizer state to train on from. Give "
                + "the training package it was made of.",
            error.Message
        );
    }

    [Fact]
    public void Given_a_training_that_diverged_when_written_then_its_history_is_kept()
    {
        var diverged = Small with
        {
            History =
            [
                new()
                {
                    Epoch = 1,
                    Loss = double.NaN,
                    Accuracy = 0.1,
                },
                new()
                {
                    Epoch = 2,
                    Loss = double.PositiveInfinity,
                    ValidationLoss = double.NegativeInfinity,
                },
            ],
        };

        Assert.Equal(diverged.History, PackageFile.ReadTraining(Written(diverged), "diverged").History);
    }

    [Fact]
    public void Given_every_byte_of_a_package_when_it_is_altered_then_reading_says_so()
    {
        var bytes = Bytes(Small);
        for (var i = 0; i < bytes.Length; i++)
        {
            var before = bytes[i];
            bytes[i] ^= (byte)(1 << (i % 8));
            var error = Assert.Throws<PackageException>(() =>
                PackageFile.ReadTraining(new MemoryStream(bytes), "small.neptune")
            );
            Assert.Contains("small.neptune", error.Message);
            bytes[i] = before;
        }
        Assert.Equal(Small.WeightsSha256, PackageFile.ReadTraining(new MemoryStream(bytes), "small").WeightsSha256);
    }

    [Fact]
    public void Given_any_bytes_altered_when_read_then_it_is_a_package_error()
    {
        var original = Bytes(Small);
        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte[1, 255])
            .Array[1, 4]
            .Sample(
                changes =>
                {
                    var bytes = original.ToArray();
                    foreach (var (at, change) in changes.DistinctBy(change => change.Item1))
                    {
                        bytes[at] ^= change;
                    }
                    Assert.Throws<PackageException>(() => PackageFile.ReadInference(new MemoryStream(bytes), "small"));
                },
                iter: 2000
            );
    }

    [Fact]
    public void Given_any_prefix_of_a_package_when_read_then_it_is_a_package_error()
    {
        var bytes = Bytes(Small);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<PackageException>(() =>
                PackageFile.ReadTraining(new MemoryStream(bytes, 0, length), "small")
            );
            Assert.Throws<PackageException>(() =>
                PackageFile.ReadTraining(new Pipe(new MemoryStream(bytes, 0, length)), "small")
            );
        }
    }

    [Fact]
    public void Given_more_bytes_behind_a_package_when_read_then_it_is_a_package_error() =>
        Assert.Throws<PackageException>(() =>
            PackageFile.ReadTraining(new MemoryStream([.. Bytes(Small), 0]), "small")
        );

    [Fact]
    public void Given_an_altered_weight_when_read_then_the_error_names_file_and_entry()
    {
        var bytes = Bytes(Small);
        var at = bytes.AsSpan().IndexOf(Small.Weights["dense.weight"].Bytes.Span);
        bytes[at + 1] ^= 4;

        var error = Assert.Throws<PackageException>(() =>
            PackageFile.ReadTraining(new MemoryStream(bytes), "small.neptune")
        );

        Assert.Equal(
            "Package small.neptune, entry weights.safetensors: it was altered after it was written, or packed by another "
                + "tool. Use the original file, or write the package again.",
            error.Message
        );
    }

    [Fact]
    public void Given_another_file_when_read_then_the_error_says_it_is_no_package()
    {
        var text = new MemoryStream(Encoding.UTF8.GetBytes("a text that is longer than a header of thirty bytes"));

        var error = Assert.Throws<PackageException>(() => PackageFile.ReadManifest(text, "readme.txt"));

        Assert.Equal(
            "readme.txt is no package of Neptune: it does not begin as one. Give the file that Neptune wrote.",
            error.Message
        );
    }

    [Fact]
    public void Given_a_stream_that_cannot_seek_when_read_then_the_package_is_the_same() =>
        Assert.Equal(Bytes(Small), Bytes(PackageFile.ReadTraining(new Pipe(new MemoryStream(Bytes(Small))), "small")));

    [Fact]
    public void Given_a_package_when_another_zip_reader_opens_it_then_it_finds_the_entries()
    {
        using var zip = new ZipArchive(Written(Small), ZipArchiveMode.Read);

        Assert.Equal(
            ["manifest.json", "graph.json", "weights.safetensors", "optimizer.safetensors"],
            zip.Entries.Select(entry => entry.FullName)
        );
        using var graph = new MemoryStream();
        using (var entry = zip.GetEntry("graph.json")!.Open())
        {
            entry.CopyTo(graph);
        }
        Assert.Equal(GraphJson.Write(Small.Graph), graph.ToArray());
    }

    [Fact]
    public void Given_a_package_when_only_its_manifest_is_read_then_it_tells_all_but_graph_and_tensors()
    {
        var manifest = PackageFile.ReadManifest(Written(Small), "small");

        Assert.Equal(PackageKind.Training, manifest.Kind);
        Assert.Equal(Small.WeightsSha256, manifest.WeightsSha256);
        Assert.Equal(Small.Position, manifest.Position);
        Assert.Equal(3, manifest.Entries.Length);
    }

    [Fact]
    public void Given_a_later_format_version_when_read_then_the_error_says_which_neptune_reads_it()
    {
        var later = Forged(Encoding.UTF8.GetBytes("""{"formatVersion":7,"kind":"dream","surprise":true}"""));

        var error = Assert.Throws<PackageException>(() => PackageFile.ReadTraining(later, "later.neptune"));

        Assert.Equal(
            "Package later.neptune, entry manifest.json: the package has format version 7, and this Neptune reads versions 1 "
                + "to 2. Read it with a Neptune that writes format version 7, or a later one.",
            error.Message
        );
    }

    public static TheoryData<string, string> BadManifests =>
        new()
        {
            { "[]", "JSON $: must be an object" },
            { "{", "The JSON is broken" },
            { """{"formatVersion":1,"kind":"training","colour":1}""", "field colour is not known" },
            { """{"formatVersion":1,"kind":"dream"}""", "dream is not known" },
            { """{"formatVersion":1,"formatVersion":1}""", "The JSON is broken" },
            { """{"formatVersion":1,"kind":"\ud800"}""", "not Unicode" },
            { new string('[', 100), "The JSON is broken" },
        };

    [Theory]
    [MemberData(nameof(BadManifests))]
    public void Given_a_hostile_manifest_when_read_then_the_error_names_the_place(string manifest, string expected)
    {
        var error = Assert.Throws<PackageException>(() =>
            PackageFile.ReadTraining(Forged(Encoding.UTF8.GetBytes(manifest)), "forged.neptune")
        );

        Assert.Contains("Package forged.neptune, entry manifest.json", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Given_a_manifest_that_claims_more_than_the_file_has_when_read_then_nothing_is_allocated_for_it()
    {
        var manifest = PackageFile.ReadManifest(Written(Small), "small");
        var graph = GraphJson.Write(Small.Graph);
        var claimed = manifest with
        {
            Entries = [.. manifest.Entries.Select((e, i) => i == 1 ? e with { LengthBytes = 1L << 50 } : e)],
        };
        var json = ManifestJson.Write(claimed);
        var first = new ZipEntry("manifest.json", json.Length, Crc32.Of(json), 0);
        var second = new ZipEntry("graph.json", graph.Length, Crc32.Of(graph), 0);
        var third = new ZipEntry("weights.safetensors", 1L << 50, 0, 0);
        byte[] bytes =
        [
            .. ZipLayout.LocalHeader(first),
            .. json,
            .. ZipLayout.LocalHeader(second),
            .. graph,
            .. ZipLayout.LocalHeader(third),
            // A safetensors header that claims a tensor of 2 GB.
            .. BitConverter.GetBytes(72L),
            .. Encoding.UTF8.GetBytes(
                """{"dense.weight":{"dtype":"U8","shape":[2000000000],"data_offsets":[0,2000000000]}}""".PadRight(72)
            ),
        ];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<PackageException>(() => PackageFile.ReadTraining(new MemoryStream(bytes), "forged"));
        Assert.Throws<PackageException>(() => PackageFile.ReadTraining(new Pipe(new MemoryStream(bytes)), "forged"));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    [Fact]
    public void Given_weights_that_do_not_fit_when_written_then_the_error_names_the_parameter()
    {
        var missing = Small with { Weights = Small.Weights.Remove("dense.bias") };
        var extra = Small with { Weights = Small.Weights.Add("dense.wait", Small.Weights["dense.bias"]) };
        var wrong = Small with
        {
            Weights = Small.Weights.SetItem("dense.bias", TensorValue.Of(Shape.Of(3), [1, 2, 3])),
        };

        Assert.Contains("parameter dense.bias", Assert.Throws<PackageException>(() => Bytes(missing)).Message);
        Assert.Contains("dense.wait", Assert.Throws<PackageException>(() => Bytes(extra)).Message);
        Assert.Contains("(3,), and the graph has", Assert.Throws<PackageException>(() => Bytes(wrong)).Message);
    }

    [Fact]
    public void Given_the_check_value_of_crc32_when_summed_then_it_is_the_published_one()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        var split = new Crc32();
        split.Append("1234"u8);
        split.Append("56789"u8);
        Assert.Equal(0xCBF43926u, split.Value);
    }

    private static TrainingPackage MakeSmall()
    {
        var model = Sequential.Of(Dense(2, Activation.Relu), Dropout(0.5f), Dense(2, Activation.Softmax));
        var graph = model.Compile(Adam(), SparseCategoricalCrossentropy(), [Accuracy()]).Build(Shape.Of(3));
        return new()
        {
            Graph = graph,
            Weights = RandomGraphs.Weights(graph.Graph, 1),
            OptimizerState = RandomGraphs.Weights(graph.Graph, 2, "adam.m/"),
            Position = new(10, 1, 3),
            History =
            [
                new()
                {
                    Epoch = 1,
                    Loss = 0.5,
                    Accuracy = 0.75,
                },
            ],
            Lineage = new()
            {
                Job = "job-1",
                Dataset = "digits@1",
                Seed = ulong.MaxValue,
            },
            InputScale = 1f / 16,
            Labels = ["no", "yes"],
        };
    }

    private static MemoryStream Forged(byte[] manifest) =>
        new([.. ZipLayout.LocalHeader(new("manifest.json", manifest.Length, Crc32.Of(manifest), 0)), .. manifest]);

    private static MemoryStream Written(TrainingPackage package) => new(Bytes(package));

    private static byte[] Bytes(TrainingPackage package)
    {
        using var file = new MemoryStream();
        PackageFile.Write(package, file);
        return file.ToArray();
    }

    private static void AssertEqual(
        IReadOnlyDictionary<string, TensorValue> expected,
        IReadOnlyDictionary<string, TensorValue> actual
    )
    {
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (name, tensor) in expected)
        {
            Assert.Equal(tensor.Type, actual[name].Type);
            Assert.Equal(tensor.Shape, actual[name].Shape);
            Assert.Equal(tensor.Bytes.ToArray(), actual[name].Bytes.ToArray());
        }
    }
}
