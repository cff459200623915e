using Neptune.ModelGraph;
using static Neptune.Formats.Tests.PyTorchSamples;

namespace Neptune.Formats.Tests;

/// <summary>What is read from PyTorch's files is what PyTorch reads from them: the hashes were taken with PyTorch 1.13.</summary>
public sealed class PyTorchFilesTests
{
    private const string Kinds = "4cf042e678f3754c4a27a03da8e04469d4fb44c8c904629fb6869ba35ec872cd";
    private const string MlpBn = "923398ef25ae7cd3ddf7f1fdb878dcdae74702e1871c42d21c40d7493bfdf557";
    private const string LeNet = "2cbfe20fe69590f5f232069cfade068937a7b4ac09c14f077b8cd25d2a3a6d39";
    private const string SmallResNet = "f1be3838f00e50b88c501ba712fb69eb68f523ad79f4c5bdddc4a5e2e35eeb6c";

    [Theory]
    [InlineData("kinds.pt", 19, Kinds)]
    [InlineData("kinds.protocol3.pt", 19, Kinds)]
    [InlineData("kinds.protocol4.pt", 19, Kinds)]
    [InlineData("kinds.protocol5.pt", 19, Kinds)]
    [InlineData("kinds.legacy.pt", 19, Kinds)]
    [InlineData("mlp_bn.state_dict.pt", 16, MlpBn)]
    [InlineData("mlp_bn.traced.pt", 16, MlpBn)]
    [InlineData("mlp_bn.checkpoint.pt", 16, "458bb24950c61c60a14be6c9674ea298e411be0d6bbe709666940adb9ff00ae4")]
    [InlineData("checkpoint.pt", 2, "66aae7e0d73ce07cd67fb620e50af942288466c30d300a83611ffac1044118ea")]
    [InlineData("lenet.scripted.pt", 10, LeNet)]
    public void Given_a_file_of_PyTorch_when_read_then_its_tensors_are_PyTorch_s(string file, int count, string sha256)
    {
        var tensors = Tensors(Fixture(file));
        Assert.Equal(count, tensors.Count);
        Assert.Equal(sha256, Sha256(tensors));
    }

    [Theory]
    [InlineData("lenet/lenet.state_dict.pt", LeNet)]
    [InlineData("lenet/lenet.legacy.pt", LeNet)]
    [InlineData("lenet/lenet.traced.pt", LeNet)]
    [InlineData("lenet/lenet.scripted.pt", LeNet)]
    [InlineData("mlp_bn/mlp_bn.state_dict.pt", MlpBn)]
    [InlineData("small_resnet/small_resnet.state_dict.pt", SmallResNet)]
    [InlineData("small_resnet/small_resnet.traced.pt", SmallResNet)]
    public void Given_a_shared_file_when_read_then_its_tensors_are_PyTorch_s(string file, string sha256) =>
        Assert.Equal(sha256, Sha256(Tensors(Shared(file))));

    [Fact]
    public void Given_all_kinds_of_tensors_when_read_then_types_shapes_and_views_are_right()
    {
        var tensors = Tensors(Fixture("kinds.pt"));
        Assert.Equal([1.5f, -2.25f, 3e30f], tensors["float32"].Floats);
        Assert.Equal(
            [
                ElementType.BFloat16,
                ElementType.Boolean,
                ElementType.Float16,
                ElementType.Float64,
                ElementType.Int16,
                ElementType.Int32,
                ElementType.Int64,
                ElementType.Int8,
                ElementType.UInt8,
            ],
            new[] { "bfloat16", "boolean", "float16", "float64", "int16", "int32", "int64", "int8", "uint8" }.Select(
                name => tensors[name].Type
            )
        );
        Assert.Equal(Shape.Scalar, tensors["scalar"].Shape);
        Assert.Equal(Shape.Of(0, 3), tensors["empty"].Shape);
        Assert.Equal(Shape.Of(6, 4), tensors["transposed"].Shape);
        Assert.Equal([0, 6, 12, 18, 1], tensors["transposed"].Floats[..5]);
        Assert.Equal([8, 9, 10, 14, 15, 16], tensors["part"].Floats);
        Assert.Equal([1, 7, 13, 19], tensors["column"].Floats);
        Assert.Equal([7, 7, 7, 7, 7, 7], tensors["expanded"].Floats);
    }

    [Fact]
    public void Given_tensors_that_share_a_storage_when_read_then_their_elements_lie_in_memory_once()
    {
        var tensors = Tensors(Fixture("kinds.pt"));
        Assert.True(tensors["base"].Bytes.Span.Overlaps(tensors["same"].Bytes.Span, out var offset) && offset == 0);
    }

    [Fact]
    public void Given_the_same_weights_as_safetensors_when_read_then_both_are_equal()
    {
        using var stream = File.OpenRead(Fixture("mlp_bn.safetensors"));
        Assert.Equal(MlpBn, Sha256(SafeTensorsFile.Read(stream, "mlp_bn.safetensors")));
    }

    [Fact]
    public void Given_any_format_when_asked_whether_it_is_theirs_then_one_says_yes()
    {
        IModelFormat[] formats = [new PyTorchWeights(), new SafeTensorsWeights()];
        Assert.Equal([true, false], Ask("mlp_bn.state_dict.pt"));
        Assert.Equal([true, false], Ask("kinds.legacy.pt"));
        Assert.Equal([false, true], Ask("mlp_bn.safetensors"));
        Assert.Equal([false, false], Ask("mlp_bn.input.npy"));

        IEnumerable<bool> Ask(string file)
        {
            var bytes = Bytes(file);
            return formats.Select(format =>
                format.Recognizes(Fixture(file), bytes.AsSpan(0, Math.Min(4096, bytes.Length)))
            );
        }
    }
}
