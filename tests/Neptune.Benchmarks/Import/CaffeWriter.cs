using Neptune.Formats;
using Neptune.ModelGraph;

namespace Neptune.Benchmarks;

/// <summary>Writes dense layers as a .caffemodel that holds the net and its blobs (field numbers of caffe.proto).</summary>
internal static class CaffeWriter
{
    public static void Write(Stream file, IReadOnlyList<(TensorValue Weight, TensorValue Bias)> layers)
    {
        var width = layers[0].Weight.Shape[1].Length;
        var shape = new ProtobufWriter().PackedInt64s(1, [1, width]);
        var net = new ProtobufWriter()
            .Text(1, "big")
            .Message(100, Layer("data", "Input", null).Message(143, new ProtobufWriter().Message(1, shape)));
        var bottom = "data";
        for (var i = 0; i < layers.Count; i++)
        {
            var (weight, bias) = layers[i];
            var layer = Layer($"ip{i}", "InnerProduct", bottom)
                .Message(7, Blob(weight))
                .Message(7, Blob(bias))
                .Message(117, new ProtobufWriter().Int64(1, weight.Shape[0].Length));
            net.Message(100, layer);
            bottom = $"ip{i}";
        }
        net.WriteTo(file);
    }

    private static ProtobufWriter Layer(string name, string type, string? bottom)
    {
        var layer = new ProtobufWriter().Text(1, name).Text(2, type);
        return (bottom is null ? layer : layer.Text(3, bottom)).Text(4, name);
    }

    private static ProtobufWriter Blob(TensorValue value) =>
        new ProtobufWriter()
            .Bytes(5, value.Bytes)
            .Message(7, new ProtobufWriter().PackedInt64s(1, value.Shape.ToArray()));
}
