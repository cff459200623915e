using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

public sealed class NpyFileTests
{
    [Theory]
    [InlineData(new long[0])]
    [InlineData(new long[] { 3 })]
    [InlineData(new long[] { 2, 0, 3 })]
    [InlineData(new long[] { 2, 3, 4 })]
    public void Given_an_array_when_written_and_read_then_it_is_equal(long[] lengths)
    {
        var count = lengths.Aggregate(1L, (a, b) => a * b);
        var value = TensorValue.Of(Shape.Of(lengths), [.. Enumerable.Range(0, (int)count).Select(i => i * 0.5f)]);
        var read = Read(NpyFile.Write(value));
        Assert.Equal((value.Type, value.Shape), (read.Type, read.Shape));
        Assert.Equal(value.Bytes.ToArray(), read.Bytes.ToArray());
        Assert.Equal(0, (NpyFile.Write(value).Length - value.Bytes.Length) % 64);
    }

    [Theory]
    [InlineData("not an array at all", "is no NumPy array")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "not in C order")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "its elements are '|O'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }", "and 4 bytes of elements follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "and 4 bytes")]
    public void Given_a_bad_file_when_read_then_the_error_names_it_and_says_why(string header, string expected)
    {
        byte[] file = header.StartsWith('{')
            ?
            [
                0x93,
                .. "NUMPY"u8,
                1,
                0,
                (byte)header.Length,
                0,
                .. System.Text.Encoding.ASCII.GetBytes(header),
                0,
                0,
                0,
                0,
            ]
            : System.Text.Encoding.ASCII.GetBytes(header);
        var error = Assert.Throws<ModelFileException>(() => Read(file));
        Assert.Contains(".npy: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static TensorValue Read(byte[] bytes)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("neptune-npy-").FullName, "array.npy");
        try
        {
            File.WriteAllBytes(path, bytes);
            return NpyFile.Read(path);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
