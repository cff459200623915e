using System.Collections.Frozen;
using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// The table of all names that a pickle may refer to. Each stands for data: none is looked up anywhere, and none runs. What
/// is not in the table is refused.
/// </summary>
internal static class KnownGlobals
{
    private static readonly FrozenDictionary<string, PickleGlobal> Table = All()
        .ToFrozenDictionary(known => known.Name, StringComparer.Ordinal);

    public static PickleGlobal? Find(string name) => Table.GetValueOrDefault(name);

    private static IEnumerable<PickleGlobal> All() =>
        [.. Containers(), .. Tensors.Rebuilders(), .. Storages(), .. DataTypes(), .. Foreign(), .. Script()];

    private static IEnumerable<PickleGlobal> Containers() =>
        [
            new("collections.OrderedDict") { Call = Dictionary, IsClass = true },
            new("collections.Counter") { Call = Dictionary },
            new("collections.defaultdict") { Call = (_, _) => new PickleDict() },
            new("builtins.dict") { Call = Dictionary },
            new("builtins.set") { Call = Copy },
            new("builtins.frozenset") { Call = Copy },
            new("builtins.list") { Call = Copy },
            .. Opaque("builtins.bytearray", "builtins.complex", "builtins.slice", "_codecs.encode"),
            // Classes that stand as values, such as the factory of a defaultdict.
            new("builtins.int"),
            new("builtins.float"),
            new("builtins.bool"),
            new("builtins.str"),
        ];

    private static IEnumerable<PickleGlobal> Storages() =>
        [
            Storage("torch.FloatStorage", ElementType.Float32),
            Storage("torch.HalfStorage", ElementType.Float16),
            Storage("torch.DoubleStorage", ElementType.Float64),
            Storage("torch.BFloat16Storage", ElementType.BFloat16),
            Storage("torch.BoolStorage", ElementType.Boolean),
            Storage("torch.ByteStorage", ElementType.UInt8),
            Storage("torch.CharStorage", ElementType.Int8),
            Storage("torch.ShortStorage", ElementType.Int16),
            Storage("torch.IntStorage", ElementType.Int32),
            Storage("torch.LongStorage", ElementType.Int64),
            Storage("torch.storage.UntypedStorage", null),
            Storage("torch.storage._UntypedStorage", null),
        ];

    private static IEnumerable<PickleGlobal> DataTypes() =>
        [
            DataType("torch.float32", ElementType.Float32),
            DataType("torch.float16", ElementType.Float16),
            DataType("torch.float64", ElementType.Float64),
            DataType("torch.bfloat16", ElementType.BFloat16),
            DataType("torch.bool", ElementType.Boolean),
            DataType("torch.uint8", ElementType.UInt8),
            DataType("torch.int8", ElementType.Int8),
            DataType("torch.int16", ElementType.Int16),
            DataType("torch.int32", ElementType.Int32),
            DataType("torch.int64", ElementType.Int64),
            DataType("torch.uint16", ElementType.UInt16),
            DataType("torch.uint32", ElementType.UInt32),
            DataType("torch.uint64", ElementType.UInt64),
        ];

    // What training checkpoints hold beside tensors: numbers of NumPy, and a command line's settings.
    private static IEnumerable<PickleGlobal> Foreign() =>
        [
            .. Opaque(
                "torch.device",
                "torch.serialization._get_layout",
                "numpy.dtype",
                "numpy.core.multiarray.scalar",
                "numpy._core.multiarray.scalar",
                "numpy.core.multiarray._reconstruct",
                "numpy._core.multiarray._reconstruct"
            ),
            new("numpy.ndarray"),
            new("argparse.Namespace") { IsClass = true },
        ];

    // What TorchScript writes for typed lists; the type is in its code as well.
    private static IEnumerable<PickleGlobal> Script()
    {
        string[] names =
        [
            "build_intlist",
            "build_doublelist",
            "build_boollist",
            "build_tensorlist",
            "restore_type_tag",
        ];
        return names.Select(name => new PickleGlobal($"torch.jit._pickle.{name}")
        {
            Call = (call, arguments) =>
                arguments.Length is 1 or 2 ? arguments[0] : throw call.Error("it takes 1 or 2 arguments."),
        });
    }

    private static IEnumerable<PickleGlobal> Opaque(params string[] names) =>
        names.Select(name => new PickleGlobal(name) { Call = (call, _) => new PickleObject(call.Name) });

    private static PickleGlobal Storage(string name, ElementType? type) => new(name) { IsStorage = true, Type = type };

    private static PickleGlobal DataType(string name, ElementType type) => new(name) { Type = type };

    private static PickleDict Dictionary(PickleCall call, ImmutableArray<object?> arguments)
    {
        var made = new PickleDict();
        switch (arguments)
        {
            case []:
                break;
            case [PickleDict other]:
                call.Charge(other.Items.Count);
                foreach (var (key, value) in other.Items)
                {
                    made.Set(key, value);
                }
                break;
            case [List<object?> pairs]:
                call.Charge(pairs.Count);
                foreach (var pair in pairs)
                {
                    var (key, value) = pair switch
                    {
                        PickleTuple { Items: [var first, var second] } => (first, second),
                        List<object?> and [var first, var second] => (first, second),
                        _ => throw call.Error("it is filled with something other than pairs."),
                    };
                    made.Set(key, value);
                }
                break;
            default:
                throw call.Error("its arguments must be none, a list of pairs, or a dictionary.");
        }
        return made;
    }

    private static List<object?> Copy(PickleCall call, ImmutableArray<object?> arguments)
    {
        switch (arguments)
        {
            case []:
                return [];
            case [List<object?> items]:
                call.Charge(items.Count);
                return [.. items];
            default:
                throw call.Error("its arguments must be none, or a list.");
        }
    }

    /// <summary>The calls that make tensors.</summary>
    private static class Tensors
    {
        // More dimensions than any framework has; a long shape, used by many tensors, would cost far more than the file.
        private const int MaximumRank = 64;

        public static IEnumerable<PickleGlobal> Rebuilders() =>
            [
                new("torch.Size") { Call = (call, arguments) => arguments is [PickleTuple size] ? size : Wrong(call) },
                new("torch._utils._rebuild_tensor") { Call = (call, arguments) => Rebuild(call, arguments, null) },
                new("torch._utils._rebuild_tensor_v2") { Call = (call, arguments) => Rebuild(call, arguments, null) },
                new("torch._utils._rebuild_tensor_v3")
                {
                    Call = (call, arguments) =>
                        arguments is [_, _, _, _, _, _, PickleGlobal { Type: { } type }, ..]
                            ? Rebuild(call, arguments, type)
                            : Wrong(call),
                },
                new("torch._utils._rebuild_parameter") { Call = Parameter },
                new("torch._utils._rebuild_parameter_with_state") { Call = Parameter },
            ];

        private static object Parameter(PickleCall call, ImmutableArray<object?> arguments) =>
            arguments is [PickledTensor tensor, ..] ? tensor : Wrong(call);

        private static PickledTensor Rebuild(PickleCall call, ImmutableArray<object?> arguments, ElementType? type)
        {
            if (arguments is not [PickledStorage storage, long offset, PickleTuple lengths, PickleTuple strides, ..])
            {
                throw call.Error("its arguments are not a storage, an offset, a shape and strides.");
            }
            if (lengths.Items.Length > MaximumRank || lengths.Items.Length != strides.Items.Length || offset < 0)
            {
                throw call.Error(
                    $"a tensor has {lengths.Items.Length} dimensions, {strides.Items.Length} strides and begins at element "
                        + $"{offset}. There must be as many strides as dimensions, at most {MaximumRank}, from element 0."
                );
            }
            return new(
                storage,
                type ?? storage.Type ?? throw call.Error("a tensor has no element type."),
                offset,
                Numbers(call, lengths),
                Numbers(call, strides)
            );
        }

        private static ImmutableArray<long> Numbers(PickleCall call, PickleTuple tuple) =>
            [
                .. tuple.Items.Select(item =>
                    item is long and >= 0
                        ? (long)item
                        : throw call.Error("a shape or stride is no whole number from 0.")
                ),
            ];

        private static PickleTuple Wrong(PickleCall call) =>
            throw call.Error("its arguments are not the expected ones.");
    }
}
