using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Elements in files beside the model.</summary>
public sealed class OnnxExternalFileTests : IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("neptune-").FullName;
    private readonly string _folder;

    public OnnxExternalFileTests()
    {
        _folder = Directory.CreateDirectory(Path.Combine(_outside, "model")).FullName;
        Directory.CreateDirectory(Path.Combine(_folder, "weights"));
        File.WriteAllBytes(
            Path.Combine(_folder, "weights", "w.bin"),
            [.. Enumerable.Range(0, 20).Select(i => (byte)i)]
        );
        File.WriteAllBytes(Path.Combine(_outside, "secret.bin"), new byte[20]);
    }

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    [Theory]
    [InlineData("weights/w.bin")]
    [InlineData("./weights/w.bin")]
    [InlineData("weights\\w.bin")]
    public void Given_a_place_in_the_folder_when_taken_then_only_that_part_is_read(string location)
    {
        var value = Take(("location", location), ("offset", "4"), ("length", "8"));
        Assert.Equal([4, 5, 6, 7, 8, 9, 10, 11], value.Bytes.ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], Take(("location", location)).Bytes.ToArray());
    }

    [Theory]
    [InlineData("../secret.bin", "leads out of the model's folder")]
    [InlineData("weights/../../secret.bin", "leads out of the model's folder")]
    [InlineData("weights\\..\\..\\secret.bin", "leads out of the model's folder")]
    [InlineData("/etc/passwd", "leads out of the model's folder")]
    [InlineData("\\\\server\\share", "leads out of the model's folder")]
    [InlineData("C:\\secret.bin", "leads out of the model's folder")]
    [InlineData("w\0.bin", "leads out of the model's folder")]
    [InlineData(".", "link there leads out")]
    [InlineData("missing.bin", "cannot be read")]
    [InlineData("weights", "cannot be read")]
    public void Given_a_place_that_is_none_of_the_model_s_files_when_taken_then_it_is_refused(
        string location,
        string reason
    ) => Refused(reason, ("location", location));

    [Fact]
    public void Given_a_symbolic_link_when_taken_then_it_is_followed_only_inside_the_folder()
    {
        Link("out.bin", Path.Combine(_outside, "secret.bin"));
        Link("out", "..");
        Link("in.bin", "weights/w.bin");
        Link("loop", "loop");
        Link("hop", "out/secret.bin");
        Refused("a symbolic link there leads out", ("location", "out.bin"));
        Refused("a symbolic link there leads out", ("location", "out/secret.bin"));
        Refused("a symbolic link there leads out", ("location", "hop"));
        Refused("symbolic links lead to it", ("location", "loop"));
        Assert.Equal(8, Take(("location", "in.bin")).Bytes.Length);
    }

    [Fact]
    public void Given_a_part_that_the_file_does_not_have_when_taken_then_the_error_says_the_numbers()
    {
        const string File = "weights/w.bin";
        Refused("8 bytes from byte 16, and the file has 20", ("location", File), ("offset", "16"));
        Refused("from byte 9223372036854775807", ("location", File), ("offset", "9223372036854775807"));
        Refused("should take 8 bytes by its shape, and 12 by its place", ("location", File), ("length", "12"));
        Refused("offset \"-1\", which must be a number from 0", ("location", File), ("offset", "-1"));
        Refused("does not say which", ("offset", "0"));
    }

    [Fact]
    public void Given_no_folder_when_taken_then_the_error_names_the_file()
    {
        var tensor = OnnxBytes.External(OnnxBytes.Tensor("w", 1, 2), ("location", "w.bin")).ToArray();
        var error = Assert.Throws<ModelFileException>(() =>
            OnnxTensors.ToValue(OnnxReader.ReadTensor(tensor, "m.onnx"), null)
        );
        Assert.Contains("in file w.bin, and this model has no folder", error.Message, StringComparison.Ordinal);
    }

    private void Link(string name, string target)
    {
        try
        {
            File.CreateSymbolicLink(Path.Combine(_folder, name), target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"This machine makes no symbolic links: {e.Message}");
        }
    }

    private TensorValue Take(params (string Key, string Value)[] place)
    {
        var tensor = OnnxBytes.External(OnnxBytes.Tensor("w", 1, 2), place);
        return OnnxTensors.ToValue(OnnxReader.ReadTensor(tensor.ToArray(), "m.onnx"), _folder);
    }

    private void Refused(string reason, params (string Key, string Value)[] place)
    {
        var error = Assert.Throws<ModelFileException>(() => Take(place));
        Assert.StartsWith("m.onnx: byte 0: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("tensor w", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
