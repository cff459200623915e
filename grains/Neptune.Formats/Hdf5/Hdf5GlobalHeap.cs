namespace Neptune.Formats;

/// <summary>Where elements of variable length stand (III.E of the specification).</summary>
internal static class Hdf5GlobalHeap
{
    private const int ObjectHead = 8;

    /// <summary>What an element of variable length refers to: its length, a collection's address, an object's number.</summary>
    public static ReadOnlySpan<byte> Read(Hdf5Input input, ReadOnlySpan<byte> reference)
    {
        var cursor = new Hdf5Cursor(input, reference);
        var length = cursor.UInt32();
        var address = cursor.Address();
        var wanted = cursor.UInt32();
        if (length == 0)
        {
            return [];
        }
        var head = new Hdf5Cursor(input, input.Read(address, 8 + input.Sizes.Length));
        head.Signature("GCOL"u8);
        head.Skip(4);
        var end = address + head.Length();
        var at = address + head.Position;
        while (at <= end - ObjectHead - input.Sizes.Length)
        {
            var item = new Hdf5Cursor(input, input.Read(at, ObjectHead + input.Sizes.Length));
            var index = item.UInt16();
            item.Skip(6);
            var size = item.Length();
            if (index == wanted)
            {
                return size >= length
                    ? input.Read(at + item.Position, length)
                    : throw input.Damaged($"object {index} of the heap at {address} has {size} bytes, not {length}");
            }
            // Number 0 is the free rest.
            if (index == 0 || size < 0 || size > end - at)
            {
                break;
            }
            at += item.Position + ((size + 7) / 8 * 8);
        }
        throw input.Damaged($"object {wanted} of the heap at {address} is missing");
    }
}
