using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Damages bytes so that much of a message's structure is often left.</summary>
internal static class ProtobufMutation
{
    /// <summary>The bytes with 1 to 4 changes.</summary>
    /// <param name="whole">The bytes.</param>
    /// <param name="random">Draws the changes.</param>
    /// <param name="copies">True where a part may be repeated elsewhere: in a text that is often sound.</param>
    public static byte[] Of(byte[] whole, ref KeyedRandom random, bool copies = false)
    {
        var bytes = whole.ToList();
        for (var changes = 1 + random.NextBelow(4); changes > 0 && bytes.Count > 1; changes--)
        {
            var at = (int)random.NextBelow(bytes.Count);
            switch (random.NextBelow(copies ? 5 : 4))
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
                case 3 when copies:
                    var from = (int)random.NextBelow(bytes.Count);
                    bytes.InsertRange(
                        at,
                        bytes.GetRange(from, (int)random.NextBelow(Math.Min(80, bytes.Count - from)))
                    );
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
