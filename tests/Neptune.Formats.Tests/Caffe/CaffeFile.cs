using System.Buffers.Binary;

namespace Neptune.Formats.Tests;

/// <summary>Writes a file of weights.</summary>
internal sealed class CaffeFile
{
    private readonly ProtobufWriter _net = new ProtobufWriter().Text(1, "net");

    /// <summary>Adds a layer with blobs in today's form.</summary>
    public CaffeFile Layer(string name, params (long[] Shape, float[] Values)[] blobs) =>
        Layer(name, [.. blobs.Select(b => Blob(b.Shape, b.Values))]);

    /// <summary>Adds a layer with blobs.</summary>
    public CaffeFile Layer(string name, params ProtobufWriter[] blobs)
    {
        var layer = new ProtobufWriter().Text(1, name).Text(2, "InnerProduct");
        foreach (var blob in blobs)
        {
            layer.Message(7, blob);
        }
        _net.Message(100, layer);
        return this;
    }

    /// <summary>Adds a layer of 2013, whose blobs have four lengths.</summary>
    public CaffeFile OldLayer(string name, int type, params ProtobufWriter[] blobs)
    {
        var layer = new ProtobufWriter().Text(4, name).Int64(5, type);
        foreach (var blob in blobs)
        {
            layer.Message(6, blob);
        }
        _net.Message(2, layer);
        return this;
    }

    /// <summary>A blob with packed numbers.</summary>
    public static ProtobufWriter Blob(long[] shape, float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }
        return new ProtobufWriter().Message(7, new ProtobufWriter().PackedInt64s(1, shape)).Bytes(5, bytes);
    }

    /// <summary>A blob with four lengths, and each number a field of its own.</summary>
    public static ProtobufWriter OldBlob(long[] lengths, float[] values)
    {
        var blob = new ProtobufWriter();
        for (var i = 0; i < lengths.Length; i++)
        {
            blob.Int64(i + 1, lengths[i]);
        }
        foreach (var value in values)
        {
            blob.Float(5, value);
        }
        return blob;
    }

    /// <summary>A blob of float64 numbers.</summary>
    public static ProtobufWriter DoubleBlob(long[] shape, double[] values)
    {
        var blob = new ProtobufWriter().Message(7, new ProtobufWriter().Int64s(1, shape));
        foreach (var value in values)
        {
            blob.Double(8, value);
        }
        return blob;
    }

    public byte[] ToArray() => _net.ToArray();
}
