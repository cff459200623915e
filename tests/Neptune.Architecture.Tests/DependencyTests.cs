using System.Reflection;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;
using Type = System.Type;

namespace Neptune.Architecture.Tests;

/// <summary>What types use, which is more than what projects reference.</summary>
public sealed class DependencyTests
{
    private static readonly ArchUnitNET.Domain.Architecture Architecture = new ArchLoader()
        .LoadAssemblies(Products.All)
        .Build();

    private static readonly IObjectProvider<IType> TorchSharp = Types(includeReferenced: true)
        .That()
        .ResideInNamespaceMatching("^TorchSharp")
        .As("TorchSharp's types");

    // If this failed, the rule below would hold for want of anything to find.
    [Fact]
    public void Given_Torch_when_it_computes_then_its_use_of_TorchSharp_is_seen() =>
        Types()
            .That()
            .ResideInAssembly(Products.Torch)
            .And()
            .DependOnAny(TorchSharp)
            .Should()
            .Exist()
            .Check(Architecture);

    public static TheoryData<string> WithoutTorchSharp =>
        [.. Products.All.Where(a => a != Products.Torch).Select(a => a.GetName().Name!)];

    [Theory]
    [MemberData(nameof(WithoutTorchSharp))]
    public void Given_a_project_other_than_Torch_when_it_computes_then_it_uses_no_type_of_TorchSharp(string project) =>
        Types()
            .That()
            .ResideInAssembly(Assembly.Load(project))
            .Should()
            .NotDependOnAny(TorchSharp)
            .Because("the native library loads only where it is used")
            .Check(Architecture);

    [Theory]
    [InlineData("Neptune.Grains")]
    [InlineData("Neptune.Planning")]
    [InlineData("Neptune.Contracts")]
    [InlineData("Neptune.Client")]
    [InlineData("Neptune.Storage")]
    public void Given_control_when_it_decides_then_it_knows_neither_devices_nor_links(string project) =>
        Types()
            .That()
            .ResideInAssembly(Assembly.Load(project))
            .Should()
            .NotDependOnAnyTypesThat()
            .ResideInAssembly(Products.Torch, Products.Worker, Products.Collectives)
            .Because("a job's rules must run and be tested without a device")
            .Check(Architecture);

    [Theory]
    [InlineData("Neptune.Planning")]
    [InlineData("Neptune.ModelGraph")]
    [InlineData("Neptune.Collectives")]
    [InlineData("Neptune.Data")]
    [InlineData("Neptune.Torch")]
    public void Given_a_pure_project_when_it_computes_then_it_knows_no_silo(string project) =>
        Types()
            .That()
            .ResideInAssembly(Assembly.Load(project))
            .Should()
            .NotDependOnAny(
                Types(includeReferenced: true).That().ResideInNamespaceMatching("^Orleans\\.(Runtime|Hosting)")
            )
            .Because("rules and computation must run and be tested without a silo")
            .Check(Architecture);

    [Fact]
    public void Given_Torch_when_others_use_it_then_its_public_members_show_no_type_of_TorchSharp()
    {
        const BindingFlags declared =
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var shown =
            from type in Products.Torch.GetExportedTypes()
            from member in type.GetMembers(declared)
            from used in UsedBy(member)
            where used.Assembly.GetName().Name == "TorchSharp"
            select $"{type.Name}.{member.Name} shows {used.Name}";
        Assert.Empty(shown);
    }

    private static IEnumerable<Type> UsedBy(MemberInfo member) =>
        member switch
        {
            MethodInfo method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType),
            ConstructorInfo constructor => constructor.GetParameters().Select(p => p.ParameterType),
            PropertyInfo property => [property.PropertyType],
            FieldInfo field => [field.FieldType],
            _ => [],
        };
}
