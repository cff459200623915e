using System.Collections.Immutable;
using System.Text;

namespace Neptune.ModelGraph.Tests;

public class SafeTensorsFileTests
{
    private static readonly Gen<TensorValue> AnyTensor = Gen.Select(Gen.Enum<ElementType>(), Gen.Long[0, 4].Array[0, 4])
        .SelectMany(
            (type, lengths) =>
            {
                var count = (int)lengths.Aggregate(1L, (product, length) => product * length) * type.SizeBytes();
                var bytes = type == ElementType.Boolean ? Gen.Byte[0, 1] : Gen.Byte;
                return bytes.Array[count].Select(b => new TensorValue(type, Shape.Of(lengths), b));
            }
        );

    [Fact]
    public void Given_a_file_that_python_wrote_when_read_then_names_shapes_and_values_are_there()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "fixtures", "lenet.safetensors"));

        var tensors = SafeTensorsFile.Read(file, "lenet.safetensors");

        Assert.Equal(
            [
                "conv1.bias (6,)",
                "conv1.weight (6, 1, 5, 5)",
                "conv2.bias (16,)",
                "conv2.weight (16, 6, 5, 5)",
                "fc1.bias (120,)",
                "fc1.weight (120, 400)",
                "fc2.bias (84,)",
                "fc2.weight (84, 120)",
                "fc3.bias (10,)",
                "fc3.weight (10, 84)",
            ],
            tensors.Select(t => $"{t.Key} {t.Value.Shape}")
        );
        Assert.All(tensors["fc3.weight"].Floats.ToArray(), value => Assert.InRange(value, -2f, 2f));
        Assert.Contains(tensors["fc3.weight"].Floats.ToArray(), value => value != 0);
    }

    [Fact]
    public void Given_any_tensors_when_written_and_read_then_they_are_the_same_and_aligned() =>
        Gen.Select(Gen.String[Gen.Char['a', 'ö'], 1, 8], AnyTensor)
            .Array[0, 6]
            .Sample(
                pairs =>
                {
                    var tensors = pairs
                        .DistinctBy(pair => pair.Item1)
                        .ToImmutableSortedDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);
                    using var file = new MemoryStream();
                    SafeTensorsFile.Write(file, tensors, new Dictionary<string, string> { ["format"] = "pt" });
                    Assert.Equal(0, BitConverter.ToInt64(file.ToArray()) % 8);
                    file.Position = 0;
                    var read = SafeTensorsFile.Read(file, "any");
                    Assert.Equal(tensors.Keys, read.Keys);
                    foreach (var (name, tensor) in tensors)
                    {
                        Assert.Equal((tensor.Type, tensor.Shape), (read[name].Type, read[name].Shape));
                        Assert.Equal(tensor.Bytes.ToArray(), read[name].Bytes.ToArray());
                    }
                },
                iter: 300
            );

    public static TheoryData<string, int, string> BadFiles =>
        new()
        {
            { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "does not take 4 bytes" },
            {
                """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
                4,
                "8 bytes are declared where 4 are left"
            },
            { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "4 bytes stand behind the last tensor" },
            { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "without gaps or overlaps" },
            { """{"a":{"dtype":"F8_E5M2","shape":[1],"data_offsets":[0,2]}}""", 2, "$.a.dtype: F8_E5M2 is not known" },
            { """{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "negative length" },
            { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1, "data_offsets: must be two numbers" },
            { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}""", 1, "field x is not known" },
            { """{"a":{"dtype":"U8","shape":[1]}}""", 1, "field data_offsets is missing" },
            { """{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}""", 1, "booleans other than 0 and 1" },
            {
                """{"a":{"dtype":"F64","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,8]}}""",
                8,
                "does not take 8 bytes"
            },
            { """{"__metadata__":{"a":1}}""", 0, "must be a text" },
            { "nonsense", 0, "The JSON is broken" },
        };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Given_a_bad_file_when_read_then_the_error_names_file_and_place(
        string header,
        int dataBytes,
        string expected
    )
    {
        byte[] file =
        [
            .. BitConverter.GetBytes((long)header.Length),
            .. Encoding.ASCII.GetBytes(header),
            .. Enumerable.Repeat((byte)7, dataBytes),
        ];

        var error = Assert.Throws<PackageException>(() =>
            SafeTensorsFile.Read(new MemoryStream(file), "bad.safetensors")
        );

        Assert.Contains("bad.safetensors", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Given_any_bytes_when_read_then_there_are_tensors_or_a_package_error() =>
        Gen
            .Byte.Array[0, 200]
            .Sample(
                bytes =>
                {
                    var error = Record.Exception(() => SafeTensorsFile.Read(new MemoryStream(bytes), "any"));
                    Assert.True(error is null or PackageException, $"{error}");
                },
                iter: 2000
            );

    [Fact]
    public void Given_an_altered_file_when_read_then_there_are_tensors_or_a_package_error()
    {
        var original = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "lenet.safetensors"));
        Gen.Select(Gen.Int[0, 800], Gen.Byte)
            .Array[1, 3]
            .Sample(
                changes =>
                {
                    var bytes = original.ToArray();
                    foreach (var (at, value) in changes)
                    {
                        bytes[at] = value;
                    }
                    var error = Record.Exception(() => SafeTensorsFile.Read(new MemoryStream(bytes), "any"));
                    Assert.True(error is null or PackageException, $"{error}");
                },
                iter: 1000
            );
    }

    [Fact]
    public void Given_bytes_that_do_not_fit_the_shape_when_written_then_the_error_names_the_tensor()
    {
        var tensors = new Dictionary<string, TensorValue>
        {
            ["a"] = new(ElementType.Float32, Shape.Of(2), new byte[4]),
        };

        var error = Assert.Throws<PackageException>(() => SafeTensorsFile.Write(new MemoryStream(), tensors));

        Assert.Equal("Tensor a has 4 bytes, and shape (2,) of Float32 takes 8.", error.Message);
    }
}
