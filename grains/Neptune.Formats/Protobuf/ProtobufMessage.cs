namespace Neptune.Formats;

/// <summary>A message that may be read later, or twice: where it lies in its file's bytes.</summary>
/// <param name="File">The file's name, for errors.</param>
/// <param name="Bytes">All bytes of the file.</param>
/// <param name="Start">The position of the message's first byte.</param>
/// <param name="End">The position behind its last byte.</param>
/// <param name="Depth">How many messages it lies in.</param>
internal readonly record struct ProtobufMessage(string File, ReadOnlyMemory<byte> Bytes, int Start, int End, int Depth)
{
    /// <summary>The whole of a file.</summary>
    public static ProtobufMessage Whole(ReadOnlyMemory<byte> bytes, string file) =>
        new(file, bytes, 0, bytes.Length, 0);

    /// <summary>A reader at the message's first field.</summary>
    public ProtobufReader Read() => new(this);

    /// <summary>An error at the message's first byte.</summary>
    public ModelFileException Error(string problem) => new($"{File}: byte {Start}: {problem}");
}
