using System.Collections.Immutable;

namespace Neptune.Formats.Tests;

public sealed class ProtobufReaderTests
{
    [Fact]
    public void Given_all_kinds_of_fields_when_written_then_they_are_read_again()
    {
        var inner = new ProtobufWriter().Text(1, "größer");
        var bytes = new ProtobufWriter()
            .Int64(1, -1)
            .Int64(2, long.MaxValue)
            .Float(3, 1.5f)
            .Double(4, -2.25)
            .Bytes(5, new byte[5000])
            .Message(6, inner)
            .PackedInt64s(7, [1, -2, 300])
            .Int64s(7, [4, 5])
            .ToArray();
        var reader = new ProtobufReader(bytes, "all.pb");
        Assert.True(reader.Next());
        Assert.Equal(-1, reader.Int32());
        Assert.True(reader.Next());
        Assert.Equal(long.MaxValue, reader.Int64());
        Assert.True(reader.Next());
        Assert.Equal(1.5f, reader.Float());
        Assert.True(reader.Next());
        Assert.Equal(-2.25, reader.Double());
        Assert.True(reader.Next());
        Assert.Equal(5000, reader.Bytes().Length);
        Assert.True(reader.Next());
        var message = reader.Message().Read();
        Assert.True(message.Next());
        Assert.Equal("größer", message.Text());
        Assert.False(message.Next());
        var numbers = ImmutableArray.CreateBuilder<long>();
        while (reader.Next())
        {
            Assert.Equal(7, reader.Field);
            reader.AddInt64s(numbers);
        }
        Assert.Equal([1L, -2, 300, 4, 5], numbers);
    }

    [Fact]
    public void Given_floats_packed_and_not_when_read_then_all_come_in_order()
    {
        byte[] bytes = [0x0A, 8, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0x0D, 0, 0, 0x40, 0x40, 0x0A, 0];
        var reader = new ProtobufReader(bytes, "floats.pb");
        var numbers = ImmutableArray.CreateBuilder<float>();
        while (reader.Next())
        {
            reader.AddFloats(numbers);
        }
        Assert.Equal([1f, 2f, 3f], numbers);
    }

    [Theory]
    [InlineData("80", 0, "the bytes end at 1")]
    [InlineData("088080808080808080808001", 0, "more than 64 bits")]
    [InlineData("08FFFFFFFFFFFFFFFFFF02", 0, "more than 64 bits")]
    [InlineData("0801 0880", 2, "the bytes end at 4")]
    [InlineData("0A05 414243", 0, "should have 5 bytes, and 3 are left")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01", 0, "should have 18446744073709551615 bytes, and 0 are left")]
    [InlineData("0D0000", 0, "should have 4 bytes, and 2 are left")]
    [InlineData("0900000000", 0, "should have 8 bytes, and 4 are left")]
    [InlineData("0801 0B", 2, "is a group")]
    [InlineData("0C", 0, "is a group")]
    [InlineData("0E", 0, "wire type 6, which does not exist")]
    [InlineData("0F", 0, "wire type 7, which does not exist")]
    [InlineData("0001", 0, "no field has such a tag")]
    [InlineData("FFFFFFFFFF01", 0, "no field has such a tag")]
    public void Given_damaged_bytes_when_skipped_through_then_the_error_names_file_and_position(
        string hex,
        int position,
        string reason
    )
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var error = Assert.Throws<ModelFileException>(() =>
        {
            var reader = new ProtobufReader(bytes, "some.onnx");
            while (reader.Next())
            {
                reader.Skip();
            }
        });
        Assert.StartsWith($"some.onnx: byte {position}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_another_wire_type_when_read_then_it_is_refused()
    {
        Refused("0D00000000", (ref reader) => reader.Int64(), "should hold a whole number, and has wire type 5");
        Refused("0801", (ref reader) => reader.Text(), "should hold a text, and has wire type 0");
        Refused("0801", (ref reader) => reader.Message(), "should hold a message");
        Refused("0801", (ref reader) => reader.Float(), "should hold a float32");
        Refused("0801", (ref reader) => reader.Double(), "should hold a float64");
        Refused("0801", (ref reader) => reader.AddFloats(ImmutableArray.CreateBuilder<float>()), "should hold numbers");
        Refused("0D00000000", (ref reader) => reader.AddInt64s(ImmutableArray.CreateBuilder<long>()), "numbers");
        Refused("0A03000000", (ref reader) => reader.AddFloats(ImmutableArray.CreateBuilder<float>()), "into 3 bytes");
        Refused("0A0180", (ref reader) => reader.AddInt64s(ImmutableArray.CreateBuilder<long>()), "the bytes end at 3");
        Refused("0A02C328", (ref reader) => reader.Text(), "not valid UTF-8");
        Refused("088080808010", (ref reader) => reader.Int32(), "takes more than 32 bits");
    }

    [Fact]
    public void Given_messages_nested_beyond_the_limit_when_read_then_it_is_refused()
    {
        var message = new ProtobufWriter();
        for (var i = 0; i <= ProtobufReader.DepthLimit; i++)
        {
            message = new ProtobufWriter().Message(1, message);
        }
        var deepest = ProtobufMessage.Whole(message.ToArray(), "deep.onnx");
        var error = Assert.Throws<ModelFileException>(() =>
        {
            for (var going = true; going; )
            {
                var reader = deepest.Read();
                going = reader.Next();
                deepest = reader.Message();
            }
        });
        Assert.Contains(
            $"more than {ProtobufReader.DepthLimit} messages deep",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(ProtobufReader.DepthLimit, deepest.Depth);
    }

    private delegate void Read(ref ProtobufReader reader);

    private static void Refused(string hex, Read read, string reason)
    {
        var error = Assert.Throws<ModelFileException>(() =>
        {
            var reader = new ProtobufReader(Convert.FromHexString(hex), "some.onnx");
            Assert.True(reader.Next());
            read(ref reader);
        });
        Assert.StartsWith("some.onnx: byte 0: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
