using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// The values of a graph's variables. The first version of TensorFlow keeps them under the variables' names; the second under
/// paths of objects, which the graph's own restoring nodes, and the checkpoint's object graph, connect with variables.
/// </summary>
internal sealed class TensorFlowVariables
{
    private const string ObjectGraph = "_CHECKPOINTABLE_OBJECT_GRAPH";
    private const string ValueSuffix = "/.ATTRIBUTES/VARIABLE_VALUE";

    private readonly TensorBundle _bundle;
    private readonly Dictionary<string, string> _restored;
    private readonly Dictionary<string, string> _named;

    public TensorFlowVariables(TensorBundle bundle, TensorFlowGraph graph)
    {
        _bundle = bundle;
        _restored = TensorFlowRestoring.KeysOf(graph);
        _named = FullNames(bundle);
    }

    /// <summary>The value of a variable; null where the checkpoint has none.</summary>
    /// <param name="node">The name of the node that makes it.</param>
    /// <param name="sharedName">The name that the node gives it; empty for the node's own.</param>
    /// <exception cref="TensorFlowRefusedException">It is of a type that Neptune lacks, or in parts.</exception>
    /// <exception cref="ModelFileException">It is damaged.</exception>
    public TensorValue? Find(string node, string sharedName)
    {
        var name = sharedName.Length > 0 ? sharedName : node;
        string?[] keys =
        [
            _restored.GetValueOrDefault(node),
            _named.GetValueOrDefault(name),
            name,
            node,
            name + ValueSuffix,
        ];
        return Array.Find(keys, key => key is not null && _bundle.Contains(key)) is { } found
            ? _bundle.Read(found)
            : null;
    }

    // A name that several variables have says nothing.
    private static Dictionary<string, string> FullNames(TensorBundle bundle)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var twice = new HashSet<string>(StringComparer.Ordinal);
        if (bundle.Text(ObjectGraph) is not { } bytes)
        {
            return names;
        }
        var reader = new ProtobufReader(bytes, ObjectGraph);
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }
            var item = reader.Message().Read();
            while (item.Next())
            {
                if (item.Field != 2)
                {
                    item.Skip();
                    continue;
                }
                var (name, key) = Attribute(item.Message());
                if (name.Length > 0 && !names.TryAdd(name, key))
                {
                    twice.Add(name);
                }
            }
        }
        foreach (var name in twice)
        {
            names.Remove(name);
        }
        return names;
    }

    private static (string Name, string Key) Attribute(ProtobufMessage message)
    {
        var (name, key) = ("", "");
        var reader = message.Read();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    name = reader.Text();
                    break;
                case 3:
                    key = reader.Text();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return (name, key);
    }
}
