using System.Buffers.Binary;
using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Zip files that promise what cannot be, or what is not read.</summary>
public sealed class ZipContainerTests
{
    private static readonly byte[] DirectoryEntry = [0x50, 0x4B, 1, 2];

    [Fact]
    public void Given_a_file_with_64_bit_sizes_when_read_then_its_entries_are_found()
    {
        // Packages of Neptune have all their sizes in zip64 fields.
        using var stream = new MemoryStream();
        var package = new InferencePackage
        {
            Graph = new() { Graph = PyTorchWeightsTests.LeNet(named: true) },
            Weights = PyTorchWeightsTests
                .LeNet(named: true)
                .Parameters.ToImmutableSortedDictionary(
                    parameter => parameter.Name,
                    parameter => TensorValue.Of(parameter.Shape, new float[parameter.Shape.ElementCount()])
                ),
            Lineage = new(),
        };
        PackageFile.Write(package, stream);
        var zip = new ZipContainer(stream, "x.zip");
        Assert.Contains("manifest.json", zip.Names);
        Assert.All(zip.Names, name => Assert.Equal(zip.Find(name)!.Length, zip.Read(name).Length));
        Says(() => zip.Read("other"), "entry other is missing");
    }

    [Theory]
    [InlineData(8, 1, "encrypted")]
    [InlineData(10, 12, "packed by method 12")]
    [InlineData(10, 8, "cannot be unpacked", "the header at byte 0 does not fit")]
    [InlineData(16, 5, "does not match its checksum")]
    [InlineData(20, 0x7000, "overlap", "two lengths")]
    [InlineData(24, 0x7000, "two lengths")]
    [InlineData(28, 0xFFFF, "cut off")]
    [InlineData(42, 0x7FFF, "outside the file")]
    [InlineData(42, 5, "the header at byte 5 does not fit")]
    [InlineData(46, 0x0A, "no name that can be printed", "the header at byte 0 does not fit")]
    public void Given_an_altered_directory_when_read_then_the_error_says_what_is_wrong(
        int place,
        int value,
        params string[] messages
    )
    {
        var bytes = PyTorchSamples.Bytes("kinds.pt");
        BinaryPrimitives.WriteUInt16LittleEndian(
            bytes.AsSpan(bytes.AsSpan().IndexOf(DirectoryEntry) + place),
            (ushort)value
        );
        var error = Assert.Throws<ModelFileException>(() =>
        {
            var zip = new ZipContainer(new MemoryStream(bytes), "x.pt");
            zip.Names.ToList().ForEach(name => zip.Read(name));
        });
        Assert.Contains(messages, message => error.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_entries_that_together_are_longer_than_the_file_when_read_then_it_is_refused()
    {
        var bytes = PyTorchSamples.Bytes("kinds.pt");
        var entry = bytes.AsSpan(bytes.AsSpan().IndexOf(DirectoryEntry));
        BinaryPrimitives.WriteInt32LittleEndian(entry[20..], bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(entry[24..], bytes.Length);
        Says(() => new ZipContainer(new MemoryStream(bytes), "x.pt"), "so that they overlap");
    }

    [Fact]
    public void Given_a_directory_of_more_entries_than_it_can_hold_when_read_then_it_is_refused()
    {
        var bytes = PyTorchSamples.Bytes("kinds.pt");
        var end = bytes.AsSpan(bytes.Length - 22);
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], 0xFFF0);
        Says(() => new ZipContainer(new MemoryStream(bytes), "x.pt"), "the directory of 65520 entries");
        // PyTorch writes a zip64 record always, and it counts where a number is all ones.
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], 0xFFFF);
        Assert.Contains("kinds/version", new ZipContainer(new MemoryStream(bytes), "x.pt").Names);
        bytes[^42] = 0;
        Says(() => new ZipContainer(new MemoryStream(bytes), "x.pt"), "its zip64 directory is missing");
    }

    private static void Says(Func<object> action, string message) =>
        Assert.Contains(message, Assert.Throws<ModelFileException>(action).Message, StringComparison.Ordinal);
}
