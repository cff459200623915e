using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Files of h5py in HDF5's older and newer forms.</summary>
public sealed class Hdf5ObjectTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "fixtures", "keras", "hdf5");

    public static TheoryData<string> Files => ["earliest.h5", "latest.h5", "ordered.h5", "block.h5"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Given_datasets_in_several_forms_when_read_then_all_have_the_same_numbers(string file)
    {
        using var stream = File.OpenRead(Path.Combine(Folder, file));
        var group = Hdf5Object.Open(stream, file).Find("outer/inner")!;
        float[] expected = [.. Enumerable.Range(0, 60).Select(i => i / 7f)];
        string[] names = file == "latest.h5" ? ["plain", "one_chunk"] : ["plain", "chunks", "gzip", "one_chunk"];
        foreach (var name in names.Append("big_endian"))
        {
            var tensor = group.Find(name)!.Tensor();
            Assert.Equal(Shape.Of(5, 4, 3), tensor.Shape);
            Assert.Equal(expected, tensor.Read().Floats.ToArray());
        }
        foreach (var (name, type) in new[] { ("half", ElementType.Float16), ("double", ElementType.Float64) })
        {
            var tensor = group.Find(name)!.Tensor();
            Assert.Equal(type, tensor.Type);
            var floats = Float32Conversion.Of(tensor.Read()).Floats.ToArray();
            Assert.All(expected.Zip(floats), pair => Assert.Equal(pair.First, pair.Second, 0.01f));
        }
        Assert.Empty(group.Find("empty")!.Tensor().Read().Floats.ToArray());
        Assert.Equal([2.5f], group.Find("scalar")!.Tensor().Read().Floats.ToArray());
        Assert.Equal(new float[4], group.Find("unwritten")!.Tensor().Read().Floats.ToArray());
        Assert.Null(group.Find("missing"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Given_texts_in_several_forms_when_read_then_all_are_the_same(string file)
    {
        using var stream = File.OpenRead(Path.Combine(Folder, file));
        var group = Hdf5Object.Open(stream, file).Find("outer/inner")!;
        Assert.Equal("a text, β", group.Text("variable"));
        Assert.Equal("a text, β", group.Text("fixed"));
        Assert.Equal(["one", "three"], group.Texts("list_fixed")!.Value);
        Assert.Equal(["one", "three"], group.Texts("list_variable")!.Value);
        Assert.Empty(group.Texts("none")!.Value);
        Assert.Equal(new string('x', 100000), group.Text("long"));
        Assert.Equal(["a", "b", "c"], group.TextsInParts("parts")!.Value);
        Assert.Null(group.Text("missing"));
    }

    [Theory]
    [InlineData("earliest.h5", 30)]
    [InlineData("latest.h5", 300)]
    [InlineData("ordered.h5", 30)]
    [InlineData("block.h5", 3)]
    public void Given_many_groups_and_attributes_when_read_then_all_are_found(string file, int count)
    {
        using var stream = File.OpenRead(Path.Combine(Folder, file));
        var many = Hdf5Object.Open(stream, file).Find("many")!;
        Assert.Equal(count, many.Names.Count);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal($"{i}", many.Find($"group_{i}")!.Text("number"));
            Assert.Equal(string.Concat(Enumerable.Repeat($"{i}", 20)), many.Text($"text_{i}"));
        }
    }

    [Theory]
    [InlineData("soft", "soft is a link to a name or to another file, which is not followed")]
    [InlineData("external", "external is a link to a name or to another file, which is not followed")]
    [InlineData("outside", "the elements of outside stand in another file")]
    [InlineData("texts", "the elements of texts are no numbers of a known kind")]
    public void Given_what_leads_out_of_the_file_when_read_then_it_is_refused(string name, string reason)
    {
        using var stream = File.OpenRead(Path.Combine(Folder, "links.h5"));
        var root = Hdf5Object.Open(stream, "links.h5");
        var error = Assert.Throws<ModelFileException>(() => root.Find(name)!.Tensor());
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_an_index_of_chunks_that_is_not_known_when_read_then_the_error_says_what_to_do()
    {
        using var stream = File.OpenRead(Path.Combine(Folder, "latest.h5"));
        var dataset = Hdf5Object.Open(stream, "latest.h5").Find("outer/inner/gzip")!;
        var error = Assert.Throws<ModelFileException>(() => dataset.Tensor().Read());
        Assert.Contains(
            "found by an index that is not known. Save it with h5py's default",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_a_file_that_is_cut_off_when_read_then_it_is_refused()
    {
        var whole = File.ReadAllBytes(Path.Combine(Folder, "block.h5"));
        using var stream = new MemoryStream(whole[..2000]);
        var error = Assert.Throws<ModelFileException>(() =>
            Hdf5Object.Open(stream, "x.h5").Find("outer/inner")!.Find("plain")
        );
        Assert.StartsWith("x.h5 is no whole HDF5 file", error.Message, StringComparison.Ordinal);
    }
}
