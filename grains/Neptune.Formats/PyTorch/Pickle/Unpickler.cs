using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Neptune.Formats;

/// <summary>
/// Reads a pickle of protocol 2 to 5 (Python's pickletools describes the opcodes) as mere data: names are looked up in
/// <see cref="KnownGlobals"/> alone, and nothing is ever executed. Time and memory are bounded by the pickle's length.
/// </summary>
internal sealed class Unpickler
{
    // No whole number of a checkpoint is longer; to take thousands of digits would cost quadratic time.
    private const int MaximumIntegerBytes = 1024;
    private const int MaximumMarks = 1000;

    private readonly PickleInput _input;
    private readonly bool _script;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private long _copies;

    private readonly IDictionary<string, PickledStorage>? _storages;

    private Unpickler(PickleInput input, bool script, IDictionary<string, PickledStorage>? storages) =>
        (_input, _script, _storages) = (input, script, storages);

    /// <summary>Reads the pickle at the input's position, and stops behind it.</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="script">True where classes of TorchScript (<c>__torch__.*</c>) may be named.</param>
    /// <param name="storages">Receives the storages that are referred to, by key.</param>
    /// <exception cref="ModelFileException">It is damaged, or names something that is not in the table.</exception>
    public static object? Read(
        PickleInput input,
        bool script = false,
        IDictionary<string, PickledStorage>? storages = null
    ) => new Unpickler(input, script, storages).Run();

    public ModelFileException Error(int position, string problem) => _input.Error(position, problem);

    public void Charge(int position, int items)
    {
        _copies += items;
        if (_copies > _input.Length + 1024L)
        {
            throw Error(position, "the same items are copied again and again, which no file of torch.save does.");
        }
    }

    private object? Run()
    {
        if (_input.Byte() != 0x80 || _input.Byte() is < 2 or > 5)
        {
            throw Error(
                _input.Position - 1,
                "no pickle of protocol 2 to 5 begins here. Give a file that torch.save wrote."
            );
        }
        while (true)
        {
            var position = _input.Position;
            var opcode = _input.Byte();
            if (opcode == '.')
            {
                var result = Pop(position);
                return _stack.Count == 0 && _marks.Count == 0
                    ? result
                    : throw Error(position, $"the pickle ends with {_stack.Count} values that nothing takes.");
            }
            Step(opcode, position);
        }
    }

    private void Step(byte opcode, int position)
    {
        if (!PushScalar(opcode, position) && !Collect(opcode, position) && !Refer(opcode, position))
        {
            throw Error(position, $"opcode 0x{opcode:X2} is not one that torch.save writes.");
        }
    }

    private bool PushScalar(byte opcode, int position)
    {
        object? value;
        switch (opcode)
        {
            case (byte)'N':
                value = null;
                break;
            case 0x88: // NEWTRUE
                value = true;
                break;
            case 0x89: // NEWFALSE
                value = false;
                break;
            case (byte)'J': // BININT
                value = (long)_input.Int32();
                break;
            case (byte)'K': // BININT1
                value = (long)_input.Byte();
                break;
            case (byte)'M': // BININT2
                value = (long)_input.UInt16();
                break;
            case 0x8A: // LONG1
                value = Integer(_input.Byte(), position);
                break;
            case 0x8B: // LONG4
                value = Integer(_input.UInt32(), position);
                break;
            case (byte)'G': // BINFLOAT
                value = _input.Float64BigEndian();
                break;
            case (byte)'X': // BINUNICODE
                value = _input.Text(_input.UInt32());
                break;
            case 0x8C: // SHORT_BINUNICODE
                value = _input.Text(_input.Byte());
                break;
            case 0x8D: // BINUNICODE8
                value = _input.Text(_input.UInt64());
                break;
            case (byte)'U': // SHORT_BINSTRING, of Python 2
                value = Encoding.Latin1.GetString(_input.Take(_input.Byte()));
                break;
            case (byte)'T': // BINSTRING, of Python 2
                value = Encoding.Latin1.GetString(_input.Take(_input.UInt32()));
                break;
            case (byte)'C': // SHORT_BINBYTES
                value = _input.TakeMemory(_input.Byte());
                break;
            case (byte)'B': // BINBYTES
                value = _input.TakeMemory(_input.UInt32());
                break;
            case 0x8E: // BINBYTES8
            case 0x96: // BYTEARRAY8
                value = _input.TakeMemory(_input.UInt64());
                break;
            default:
                return false;
        }
        _stack.Add(value);
        return true;
    }

    private bool Collect(byte opcode, int position)
    {
        switch (opcode)
        {
            case (byte)'(': // MARK
                if (_marks.Count == MaximumMarks)
                {
                    throw Error(position, $"values are nested more than {MaximumMarks} deep.");
                }
                _marks.Add(_stack.Count);
                break;
            case (byte)'0': // POP
                if (_stack.Count == Bottom && _marks.Count > 0)
                {
                    _marks.RemoveAt(_marks.Count - 1);
                }
                else
                {
                    Pop(position);
                }
                break;
            case (byte)'1': // POP_MARK
                PopToMark(position);
                break;
            case (byte)'2': // DUP
                _stack.Add(Top(position));
                break;
            case (byte)')': // EMPTY_TUPLE
                _stack.Add(PickleTuple.Empty);
                break;
            case (byte)'t': // TUPLE
                _stack.Add(new PickleTuple(PopToMark(position)));
                break;
            case 0x85 or 0x86 or 0x87: // TUPLE1 to TUPLE3
                _stack.Add(new PickleTuple(PopMany(opcode - 0x84, position)));
                break;
            case (byte)']': // EMPTY_LIST
            case 0x8F: // EMPTY_SET
                _stack.Add(new List<object?>());
                break;
            case (byte)'l': // LIST
                _stack.Add(new List<object?>(PopToMark(position)));
                break;
            case 0x91: // FROZENSET
                _stack.Add(new List<object?>(PopToMark(position)));
                break;
            case (byte)'a': // APPEND
                Extend([Pop(position)], position);
                break;
            case (byte)'e': // APPENDS
            case 0x90: // ADDITEMS
                Extend(PopToMark(position), position);
                break;
            case (byte)'}': // EMPTY_DICT
                _stack.Add(new PickleDict());
                break;
            case (byte)'d': // DICT
                var pairs = PopToMark(position);
                _stack.Add(new PickleDict());
                Fill(pairs, position);
                break;
            case (byte)'s': // SETITEM
                Fill(PopMany(2, position), position);
                break;
            case (byte)'u': // SETITEMS
                Fill(PopToMark(position), position);
                break;
            default:
                return false;
        }
        return true;
    }

    private bool Refer(byte opcode, int position)
    {
        switch (opcode)
        {
            case (byte)'q': // BINPUT
                _memo[_input.Byte()] = Top(position);
                break;
            case (byte)'r': // LONG_BINPUT
                _memo[_input.UInt32()] = Top(position);
                break;
            case 0x94: // MEMOIZE
                _memo[(uint)_memo.Count] = Top(position);
                break;
            case (byte)'h': // BINGET
                _stack.Add(Remembered(_input.Byte(), position));
                break;
            case (byte)'j': // LONG_BINGET
                _stack.Add(Remembered(_input.UInt32(), position));
                break;
            case 0x95: // FRAME
                var length = _input.UInt64();
                if (length > (ulong)(_input.Length - _input.Position))
                {
                    throw Error(position, $"a frame of {length} bytes is longer than the rest: the file is cut off.");
                }
                break;
            case (byte)'c': // GLOBAL
                _stack.Add(Global(_input.Line(), _input.Line(), position));
                break;
            case 0x93: // STACK_GLOBAL
                _stack.Add(
                    PopMany(2, position) is [string module, string name]
                        ? Global(module, name, position)
                        : throw Error(position, "a name is called that is no text.")
                );
                break;
            case (byte)'i': // INST
                throw Refused(FullName(_input.Line(), _input.Line()), position);
            case (byte)'o': // OBJ
                throw Refused(PopToMark(position) is [var called, ..] ? NameOf(called) : "nothing", position);
            case (byte)'R': // REDUCE
                Reduce(position);
                break;
            case 0x81: // NEWOBJ
                Make(PopMany(2, position), position);
                break;
            case 0x92: // NEWOBJ_EX
                throw Refused(NameOf(PopMany(3, position)[0]), position);
            case (byte)'b': // BUILD
                Build(position);
                break;
            case (byte)'Q': // BINPERSID
                ReferToStorage(position);
                break;
            case 0x82 or 0x83 or 0x84: // EXT1 to EXT4
                throw Refused("a class by an extension number", position);
            case 0x97 or 0x98: // NEXT_BUFFER, READONLY_BUFFER
                throw Error(position, "it wants bytes from outside the file. Save it with torch.save.");
            default:
                return false;
        }
        return true;
    }

    private object Global(string module, string name, int position)
    {
        var fullName = FullName(module, name);
        if (_script && module.StartsWith("__torch__", StringComparison.Ordinal))
        {
            return new PickleGlobal(fullName) { IsClass = true };
        }
        return KnownGlobals.Find(fullName) ?? throw Refused(fullName, position);
    }

    private void Reduce(int position)
    {
        var operands = PopMany(2, position);
        if (operands is not [PickleGlobal { Call: { } call } called, PickleTuple arguments])
        {
            throw Refused(NameOf(operands[0]), position);
        }
        _stack.Add(call(new(called.Name, position, this), arguments.Items));
    }

    private void Make(ImmutableArray<object?> operands, int position) =>
        _stack.Add(
            operands is [PickleGlobal { IsClass: true } made, PickleTuple { Items: [] }]
                ? made.Call is { } call
                    ? call(new(made.Name, position, this), [])
                    : new PickleObject(made.Name)
                : throw Refused(NameOf(operands[0]), position)
        );

    private void Build(int position)
    {
        var state = Pop(position);
        switch (Top(position))
        {
            case PickleObject target:
                target.State = state;
                break;
            // A state_dict's versions of its modules (_metadata) say nothing about its tensors.
            case PickleDict when state is PickleDict:
                break;
            case var other:
                throw Refused($"the state of {NameOf(other)}", position);
        }
    }

    private void ReferToStorage(int position)
    {
        var storage = StorageReference.Of(Pop(position), problem => Error(position, problem));
        _stack.Add(storage);
        if (_storages is not null && !_storages.TryAdd(storage.Key, storage))
        {
            var known = _storages[storage.Key];
            if (known.Type != storage.Type || known.Count != storage.Count)
            {
                throw Error(position, $"storage {storage.Key} is described in two ways: the file is damaged.");
            }
        }
    }

    private void Extend(ImmutableArray<object?> items, int position)
    {
        if (Top(position) is not List<object?> list)
        {
            throw Error(position, "items are added to something that is no list.");
        }
        list.AddRange(items);
    }

    private void Fill(ImmutableArray<object?> pairs, int position)
    {
        if (Top(position) is not PickleDict dictionary || pairs.Length % 2 != 0)
        {
            throw Error(position, "pairs are added to something that is no dictionary, or a value is missing.");
        }
        for (var i = 0; i < pairs.Length; i += 2)
        {
            dictionary.Set(pairs[i], pairs[i + 1]);
        }
    }

    private object Integer(ulong length, int position)
    {
        if (length > MaximumIntegerBytes)
        {
            throw Error(position, $"a whole number has {length} bytes, and at most {MaximumIntegerBytes} are read.");
        }
        var value = new BigInteger(_input.Take(length));
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }

    private object? Remembered(uint place, int position) =>
        _memo.TryGetValue(place, out var value)
            ? value
            : throw Error(position, $"value {place} is used before it is given: the file is damaged.");

    private int Bottom => _marks.Count == 0 ? 0 : _marks[^1];

    private object? Top(int position) => _stack.Count > Bottom ? _stack[^1] : throw Missing(position);

    private object? Pop(int position)
    {
        var top = Top(position);
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private ImmutableArray<object?> PopMany(int count, int position)
    {
        if (_stack.Count - count < Bottom)
        {
            throw Missing(position);
        }
        ImmutableArray<object?> items = [.. CollectionsMarshal.AsSpan(_stack)[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private ImmutableArray<object?> PopToMark(int position)
    {
        if (_marks.Count == 0)
        {
            throw Missing(position);
        }
        var items = PopMany(_stack.Count - Bottom, position);
        _marks.RemoveAt(_marks.Count - 1);
        return items;
    }

    private ModelFileException Missing(int position) =>
        Error(position, "an opcode takes a value that is not there: the file is damaged.");

    private ModelFileException Refused(string name, int position) =>
        Error(
            position,
            $"it calls {Printable(name)}, which weights do not need. The file is refused as a whole, and nothing of it was "
                + "run. Save the weights alone: torch.save(model.state_dict(), path), or as safetensors."
        );

    private static string NameOf(object? value) =>
        value switch
        {
            PickleGlobal known => known.Name,
            PickleObject made => $"an object of {made.ClassName}",
            PickledTensor => "a tensor",
            _ => "something that is no name",
        };

    // Python 2 had other names for two modules, and protocol 2 still writes them.
    private static string FullName(string module, string name) =>
        module switch
        {
            "__builtin__" => $"builtins.{name}",
            "copy_reg" => $"copyreg.{name}",
            _ => $"{module}.{name}",
        };

    // Names come from the file: they must not write to a terminal what they like.
    private static string Printable(string name) =>
        JsonEncodedText.Encode(name.Length > 200 ? name[..200] + "..." : name).ToString();
}
