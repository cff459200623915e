using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Damages bytes so that much of a message's structure is often left.</summary>
internal static class ProtobufMutation
{
    /// <summary>The bytes with 1 to 4 changes.</summary>
    public static byte[] Of(byte[] whole, ref KeyedRandom random)
    {
        var bytes = whole.ToList();
        for (var changes = 1 + random.NextBelow(4); changes > 0 && bytes.Count > 1; changes--)
        {
            var at = (int)random.NextBelow(bytes.Count);
            switch (random.NextBelow(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << (int)random.NextBelow(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.NextBelow(256);
                    break;
                case 2:
                    // Another number of the same length keeps the file's structure: a type, a length, an axis.
                    bytes[at] = (byte)(bytes[at] + random.NextBelow(7) - 3);
                    break;
                default:
                    var length = (int)random.NextBelow(Math.Min(20, bytes.Count - at));
                    bytes.RemoveRange(at, length);
                    break;
            }
        }
        return [.. bytes];
    }
}
