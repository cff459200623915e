using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Neptune.Torch.Tests;

/// <summary>
/// Numbers beside tensors come from <see cref="Scalars"/>: TorchSharp's own conversions make one that a garbage collection may
/// free while libtorch is yet to read it.
/// </summary>
public sealed class ScalarsTests
{
    [Fact]
    public void Given_a_number_when_asked_for_twice_then_it_is_the_same()
    {
        Assert.Same(Scalars.Of(0.1), Scalars.Of(0.1));
        Assert.Same(Scalars.One, Scalars.Of(1));
    }

    [Fact]
    public void Given_the_assembly_when_read_then_no_number_is_made_on_the_way_to_libtorch()
    {
        using var file = File.OpenRead(typeof(Replica).Assembly.Location);
        using var assembly = new PEReader(file);
        var metadata = assembly.GetMetadataReader();
        var found = new List<string>();
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference)
            {
                continue;
            }
            var type = metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name);
            var name = metadata.GetString(member.Name);
            var isMade = (type, name) switch
            {
                ("Scalar", "op_Implicit") => true,
                ("Tensor", "op_Addition") => true, // by one, of which it makes a number
                ("Tensor", "add" or "add_") => ParametersOf(metadata, member) == 1,
                _ => false,
            };
            if (isMade)
            {
                found.Add($"{type}.{name}");
            }
        }
        Assert.Empty(found);
    }

    private static int ParametersOf(MetadataReader metadata, MemberReference member)
    {
        var signature = metadata.GetBlobReader(member.Signature);
        _ = signature.ReadSignatureHeader();
        return signature.ReadCompressedInteger();
    }
}
