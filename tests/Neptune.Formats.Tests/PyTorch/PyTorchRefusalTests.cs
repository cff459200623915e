using System.IO.Compression;
using System.Text;
using static Neptune.Formats.Tests.PyTorchSamples;

namespace Neptune.Formats.Tests;

/// <summary>Files that are hostile, damaged or of another kind are refused by name and place; nothing of them runs.</summary>
public sealed class PyTorchRefusalTests
{
    [Theory]
    [InlineData("os_system.pt", "os_system.pt, entry os_system/data.pkl, byte 2: it calls posix.system")]
    [InlineData("os_system.legacy.pt", "os_system.legacy.pt, byte 139: it calls posix.system")]
    [InlineData("eval.pt", "eval.pt, entry eval/data.pkl, byte 177: it calls builtins.eval")]
    [InlineData("whole_model.pt", "it calls torch.nn.modules.linear.Linear")]
    public void Given_a_file_that_calls_what_it_likes_when_read_then_the_call_is_named_and_nothing_runs(
        string file,
        string message
    )
    {
        Says(() => Tensors(Fixture(file)), message, "torch.save(model.state_dict(), path)");
        Assert.False(File.Exists("neptune-pickle-marker"));
    }

    [Theory]
    [InlineData("malicious/os_system.pt", "posix.system")]
    [InlineData("malicious/os_system.legacy.pt", "posix.system")]
    [InlineData("malicious/state_dict_with_eval.pt", "builtins.eval")]
    public void Given_a_shared_malicious_file_when_read_then_the_call_is_named_and_nothing_runs(
        string file,
        string called
    )
    {
        Says(() => Tensors(Shared(file)), $"it calls {called}", Path.GetFileName(file));
        Assert.False(File.Exists("neptune-pickle-marker"));
    }

    [Theory]
    [InlineData("cos\nsystem\n.", "byte 2: it calls os.system")] // GLOBAL
    [InlineData("\u008C\u0002os\u008C\u0006system\u0093.", "byte 14: it calls os.system")] // STACK_GLOBAL
    [InlineData("(ios\nsystem\n.", "byte 3: it calls os.system")] // INST
    [InlineData("(ccollections\nOrderedDict\no.", "it calls collections.OrderedDict")] // OBJ
    [InlineData("ctorch\nFloatStorage\n)R.", "it calls torch.FloatStorage")] // REDUCE
    [InlineData("K\u0005)R.", "it calls something that is no name")]
    [InlineData("ctorch\nfloat32\n)\u0081.", "it calls torch.float32")] // NEWOBJ
    [InlineData("ccollections\nOrderedDict\n)}\u0092.", "it calls collections.OrderedDict")] // NEWOBJ_EX
    [InlineData("K\u0005}b.", "it calls the state of something that is no name")] // BUILD
    [InlineData("\u0082\u0001.", "it calls a class by an extension number")]
    [InlineData("\u0097.", "bytes from outside")]
    [InlineData("c__torch__.nets\nLeNet\n.", "it calls __torch__.nets.LeNet")]
    [InlineData("cx\u001b[2J\ny\n.", "it calls x\\u001B[2J.y")]
    [InlineData("]", "cut off")]
    [InlineData("t.", "takes a value that is not there")]
    [InlineData("h\u0001.", "value 1 is used before it is given")]
    [InlineData("]].", "1 values that nothing takes")]
    [InlineData("X\u00FF\u00FF\u00FF\u00FFabc.", "4294967295 bytes are declared")]
    [InlineData("\u008E\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0080a.", "9223372036854775808 bytes are declared")]
    [InlineData("\u008B\u00FF\u00FF\u00FF\u007F.", "whole number has 2147483647 bytes")]
    [InlineData("\u008B\u00FF\u00FF\u00FF\u00FF.", "whole number has 4294967295 bytes")]
    [InlineData("\u0095\u0000\u0001\u0000\u0000\u0000\u0000\u0000\u0000N.", "a frame of 256 bytes")]
    [InlineData("X\u0001\u0000\u0000\u0000\u00FF.", "not valid UTF-8")]
    [InlineData("I5\n.", "opcode 0x49")]
    [InlineData("K\u0001K\u0002a.", "no list")]
    [InlineData("}K\u0001K\u0002K\u0003e.", "is not there")]
    [InlineData("K\u0001Q.", "reference to a storage")]
    public void Given_a_pickle_that_is_not_plain_data_when_read_then_the_error_says_where_and_why(
        string pickle,
        string message
    ) => Says(() => Unpickle("\u0080\u0002" + pickle), "x.pkl, byte ", message);

    [Fact]
    public void Given_items_that_are_copied_again_and_again_when_read_then_it_is_refused()
    {
        var list = "](" + new string('N', 1000) + "eq\u0001";
        var copy = "cbuiltins\nset\nh\u0001\u0085R";
        Says(() => Unpickle($"\u0080\u0002{list}{string.Concat(Enumerable.Repeat(copy, 1000))}."), "copied again");
    }

    [Fact]
    public void Given_lists_that_double_at_each_level_when_read_then_time_and_memory_stay_small()
    {
        var doubled = string.Concat(Enumerable.Repeat("q\u0001](h\u0001h\u0001e", 10_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        // Each level leaves the one below on the stack; a tuple takes them all.
        Unpickle($"\u0080\u0002(]{doubled}t.");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300L * doubled.Length);
    }

    [Fact]
    public void Given_values_nested_without_end_when_read_then_it_is_refused() =>
        Says(() => Unpickle("\u0080\u0002" + new string('(', 100_000)), "nested more than");

    [Theory]
    [InlineData("not a zip file at all", "it begins neither as a zip file")]
    [InlineData("", "it begins neither as a zip file")]
    [InlineData("PK\u0003\u0004 and no more", "the directory at its end is missing")]
    public void Given_another_kind_of_file_when_read_then_the_error_says_so(string content, string message) =>
        Says(() => Open(Encoding.Latin1.GetBytes(content)), "x.pt", message);

    [Theory]
    [InlineData("kinds.pt")]
    [InlineData("kinds.legacy.pt")]
    public void Given_a_file_that_is_cut_off_anywhere_when_read_then_it_is_refused(string file)
    {
        var bytes = Bytes(file);
        for (var length = 0; length < bytes.Length; length += 7)
        {
            Says(() => Open(bytes[..length]), "x.pt");
        }
    }

    [Fact]
    public void Given_an_altered_storage_when_read_then_its_checksum_tells()
    {
        var bytes = Bytes("mlp_bn.state_dict.pt");
        bytes[bytes.Length / 2] ^= 1;
        Says(() => Open(bytes), "does not match its checksum", "entry mlp_bn.state_dict/data/");
    }

    [Fact]
    public void Given_a_packed_zip_when_read_then_it_is_unpacked_and_one_that_explodes_is_refused()
    {
        Assert.Equal(19, Open(Repack("kinds.pt", (name, bytes) => bytes)).Count);
        Says(
            () =>
                Open(
                    Repack(
                        "kinds.pt",
                        (name, bytes) => name.EndsWith("/0", StringComparison.Ordinal) ? new byte[100_000_000] : bytes
                    )
                ),
            "its entries unpack to 10000"
        );
    }

    [Fact]
    public void Given_a_storage_of_another_length_or_order_of_bytes_when_read_then_it_is_refused()
    {
        Says(
            () =>
                Open(
                    Repack(
                        "kinds.pt",
                        (name, bytes) => name.EndsWith("/0", StringComparison.Ordinal) ? bytes[1..] : bytes
                    )
                ),
            "has 11 bytes, and data.pkl says 12"
        );
        Says(
            () => Open(Repack("kinds.pt", (_, bytes) => bytes, ("kinds/byteorder", "big"))),
            "the byte order is not little"
        );
        Says(() => Open(Repack("kinds.pt", (_, bytes) => bytes, ("kinds/version", "3"))), "two entries are called");
        Says(() => Open(Repack("kinds.pt", (_, bytes) => bytes, ("other/data.pkl", ""))), "with 2 entries");
    }

    [Fact]
    public void Given_several_models_or_none_when_their_tensors_are_wanted_then_the_error_says_so()
    {
        Says(() => Tensors(Fixture("two_models.pt")), "several models, in the entries generator, critic");
        byte[] empty = [0x80, 2, (byte)'}', (byte)'.'];
        Says(
            () => Open(Repack("kinds.pt", (name, b) => name.EndsWith(".pkl", StringComparison.Ordinal) ? empty : b)),
            "holds no tensors by name"
        );
    }

    private static void Says(Action action, params string[] messages)
    {
        var error = Assert.Throws<ModelFileException>(action);
        Assert.All(messages, message => Assert.Contains(message, error.Message, StringComparison.Ordinal));
    }

    private static void Unpickle(string latin1) => Unpickler.Read(new(Encoding.Latin1.GetBytes(latin1), "x.pkl"));

    private static Dictionary<string, ModelGraph.TensorValue> Open(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return StateDict
            .Find(PyTorchWeights.Open(stream, "x.pt"))
            .Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Read());
    }

    private static byte[] Repack(
        string file,
        Func<string, byte[], byte[]> change,
        params (string Name, string Text)[] more
    )
    {
        using var target = new MemoryStream();
        using (var source = new ZipArchive(File.OpenRead(Fixture(file))))
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in source.Entries)
            {
                using var content = new MemoryStream();
                using (var plain = entry.Open())
                {
                    plain.CopyTo(content);
                }
                Add(zip, entry.FullName, change(entry.FullName, content.ToArray()));
            }
            foreach (var (name, text) in more)
            {
                Add(zip, name, Encoding.UTF8.GetBytes(text));
            }
        }
        return target.ToArray();

        static void Add(ZipArchive zip, string name, byte[] content)
        {
            using var stream = zip.CreateEntry(name).Open();
            stream.Write(content);
        }
    }
}
