using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>Turns the views that a file's pickle describes into plain tensors in C order.</summary>
/// <param name="file">Holds the storages.</param>
internal sealed class TorchTensors(TorchFile file)
{
    // Views may overlap (a stride of 0 repeats an element), so their elements may be more than the file's.
    private const int MaximumGrowth = 8;

    private Int128 _copiedBytes;

    /// <summary>The tensor's elements; where they already lie in C order, nothing is copied.</summary>
    /// <param name="name">What errors call the tensor.</param>
    /// <param name="tensor">The view.</param>
    /// <exception cref="ModelFileException">It does not lie within its storage, or holds more than can be.</exception>
    public TensorValue Read(string name, PickledTensor tensor)
    {
        var shape = Shape.Of(tensor.Lengths.AsSpan());
        var where = $"{file.Name}: tensor {name} of shape {shape}";
        var count = tensor.Lengths.Aggregate((Int128)1, SaturatingProduct);
        if (count == 0)
        {
            return new(tensor.Type, shape, ReadOnlyMemory<byte>.Empty);
        }
        var size = tensor.Type.SizeBytes();
        var storage = file.Storage(tensor.Storage);
        var first = (Int128)tensor.Storage.Offset + tensor.Offset;
        var last = first;
        for (var axis = 0; axis < tensor.Lengths.Length && last < storage.Length; axis++)
        {
            last += (Int128)(tensor.Lengths[axis] - 1) * tensor.Strides[axis];
        }
        if ((last + 1) * size > storage.Length)
        {
            throw new ModelFileException(
                $"{where} reaches to element {last} of a storage of {storage.Length / size} elements. The file is damaged; "
                    + "copy or save it again."
            );
        }
        ReadOnlyMemory<byte> elements;
        if (IsContiguous(tensor))
        {
            // The last element lies within the storage, so all numbers fit into 32 bits.
            elements = storage.Slice((int)first * size, (int)count * size);
        }
        else
        {
            _copiedBytes += count * size;
            if (_copiedBytes > ((Int128)file.Length * MaximumGrowth) + (1 << 20) || count * size > Array.MaxLength)
            {
                throw new ModelFileException(
                    $"{where}: views of the same elements would take {_copiedBytes} bytes from a file of {file.Length}. "
                        + "Save clones of the tensors instead of views."
                );
            }
            var copied = new byte[(int)count * size];
            Gather(storage.Span[((int)first * size)..], tensor, size, copied);
            elements = copied;
        }
        return tensor.Type == ElementType.Boolean && elements.Span.ContainsAnyExceptInRange((byte)0, (byte)1)
            ? throw new ModelFileException($"{where} holds booleans other than 0 and 1. The file is damaged.")
            : new(tensor.Type, shape, elements);
    }

    private static bool IsContiguous(PickledTensor tensor)
    {
        var expected = (Int128)1;
        for (var axis = tensor.Lengths.Length - 1; axis >= 0; axis--)
        {
            // Along one element there is no next one, and any stride will do.
            if (tensor.Lengths[axis] != 1 && tensor.Strides[axis] != expected)
            {
                return false;
            }
            expected *= tensor.Lengths[axis];
        }
        return true;
    }

    // Counts through the tensor's places like an odometer: the last dimension turns fastest.
    private static void Gather(ReadOnlySpan<byte> source, PickledTensor tensor, int size, Span<byte> target)
    {
        var rank = tensor.Lengths.Length;
        var place = new long[rank];
        var from = 0L;
        for (var to = 0; to < target.Length; to += size)
        {
            source.Slice((int)from * size, size).CopyTo(target[to..]);
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                from += tensor.Strides[axis];
                if (++place[axis] < tensor.Lengths[axis])
                {
                    break;
                }
                from -= tensor.Strides[axis] * tensor.Lengths[axis];
                place[axis] = 0;
            }
        }
    }

    // Past 2^63 the exact value does not matter: no tensor is that long.
    private static Int128 SaturatingProduct(Int128 product, long length) =>
        product > long.MaxValue ? (length == 0 ? 0 : product) : product * length;
}
