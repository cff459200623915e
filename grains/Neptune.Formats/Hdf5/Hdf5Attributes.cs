namespace Neptune.Formats;

/// <summary>The attributes of an object: those in its header, and those in dense form.</summary>
internal static class Hdf5Attributes
{
    /// <summary>Reads them.</summary>
    public static Dictionary<string, Hdf5Attribute> Read(Hdf5Input input, List<Hdf5Message> header)
    {
        var attributes = new Dictionary<string, Hdf5Attribute>(StringComparer.Ordinal);
        foreach (var message in header)
        {
            switch (message.Kind)
            {
                case Hdf5MessageKind.Attribute when !message.IsShared:
                    Add(message.Content);
                    break;
                case Hdf5MessageKind.AttributeInfo:
                    var info = new Hdf5Cursor(input, message.Content);
                    info.Skip(1);
                    info.Skip((info.Byte() & 1) != 0 ? 2 : 0);
                    var heap = info.Address();
                    if (heap != Hdf5Cursor.Undefined)
                    {
                        foreach (var content in Hdf5DenseStorage.Read(input, heap, info.Address(), isOfLinks: false))
                        {
                            Add(content);
                        }
                    }
                    break;
            }
        }
        return attributes;

        void Add(ReadOnlySpan<byte> content)
        {
            var attribute = Hdf5Attribute.Read(input, content);
            if (!attributes.TryAdd(attribute.Name, attribute))
            {
                throw input.Damaged($"two attributes of an object are called {attribute.Name}");
            }
        }
    }
}
