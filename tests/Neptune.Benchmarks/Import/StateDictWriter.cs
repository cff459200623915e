using System.Globalization;
using System.IO.Compression;
using System.Text;
using Neptune.ModelGraph;

namespace Neptune.Benchmarks;

/// <summary>Writes weights as torch.save does since PyTorch 1.6: a zip file of a pickle and one storage a tensor.</summary>
internal static class StateDictWriter
{
    public static void Write(Stream file, Graph graph, IReadOnlyDictionary<string, TensorValue> weights)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, "archive/data.pkl", Pickle(graph));
        for (var i = 0; i < graph.Parameters.Length; i++)
        {
            Add(zip, $"archive/data/{i}", weights[graph.Parameters[i].Name].Bytes.Span);
        }
        Add(zip, "archive/version", "3\n"u8);
    }

    private static void Add(ZipArchive zip, string name, ReadOnlySpan<byte> content)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(content);
    }

    // Protocol 2 of Python's pickletools: an OrderedDict of calls of _rebuild_tensor_v2 on persistent storages.
    private static byte[] Pickle(Graph graph)
    {
        using var stream = new MemoryStream();
        using var pickle = new BinaryWriter(stream, Encoding.Latin1);
        Put("\u0080\u0002ccollections\nOrderedDict\n)R(");
        for (var i = 0; i < graph.Parameters.Length; i++)
        {
            var parameter = graph.Parameters[i];
            var lengths = parameter.Shape.ToArray();
            Text(parameter.Name);
            Put("ctorch._utils\n_rebuild_tensor_v2\n((");
            Text("storage");
            Put("ctorch\nFloatStorage\n");
            Text(i.ToString(CultureInfo.InvariantCulture));
            Text("cpu");
            Number(parameter.Shape.ElementCount());
            Put("tQK\0(");
            Array.ForEach(lengths, Number);
            Put("t(");
            for (var axis = 0; axis < lengths.Length; axis++)
            {
                Number(lengths.Skip(axis + 1).Aggregate(1L, (a, b) => a * b));
            }
            Put("t\u0089ccollections\nOrderedDict\n)RtR");
        }
        Put("u.");
        return stream.ToArray();

        void Put(string latin1) => pickle.Write(Encoding.Latin1.GetBytes(latin1));

        void Text(string text)
        {
            Put("X");
            pickle.Write(text.Length);
            Put(text);
        }

        void Number(long number)
        {
            Put("J");
            pickle.Write(checked((int)number));
        }
    }
}
