using System.Reflection;

namespace Neptune.Architecture.Tests;

/// <summary>A rename must still find old state and old silos: names on the wire are written down.</summary>
public sealed class GrainTests
{
    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static IEnumerable<Type> Grains =>
        Products.Types.Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(Grain)));

    private static IEnumerable<Type> GrainInterfaces =>
        Products.Types.Where(t => t.IsInterface && t.IsAssignableTo(typeof(IGrain)));

    private static IEnumerable<Type> Serialized =>
        Products.Types.Where(t => t.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null);

    [Fact]
    public void Given_a_grain_when_declared_then_it_is_internal_and_sealed_and_ends_in_Grain()
    {
        Assert.NotEmpty(Grains);
        Assert.All(
            Grains,
            g => Assert.True(g is { IsPublic: false, IsSealed: true } && g.Name.EndsWith("Grain"), g.FullName)
        );
    }

    [Fact]
    public void Given_a_grain_when_declared_then_its_type_has_a_name_of_its_own() =>
        AssertNamedApart(Grains, g => g.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, g).ToString());

    [Fact]
    public void Given_a_grain_interface_when_declared_then_it_has_an_alias_of_its_own()
    {
        Assert.NotEmpty(GrainInterfaces);
        AssertNamedApart(GrainInterfaces, AliasOf);
    }

    [Fact]
    public void Given_a_method_of_a_grain_interface_when_declared_then_it_has_an_alias_of_its_own() =>
        Assert.All(GrainInterfaces, i => AssertNamedApart(i.GetMethods(Declared).Where(m => m.IsAbstract), AliasOf));

    [Fact]
    public void Given_a_type_that_crosses_a_boundary_when_declared_then_it_has_an_alias_of_its_own() =>
        AssertNamedApart(Serialized, AliasOf);

    [Fact]
    public void Given_a_type_that_crosses_a_boundary_when_declared_then_no_two_members_have_the_same_id() =>
        Assert.All(
            Serialized,
            type =>
            {
                var ids = type.GetMembers(Declared).Select(m => m.GetCustomAttribute<IdAttribute>()?.Id).OfType<uint>();
                Assert.Distinct(ids);
            }
        );

    [Fact]
    public void Given_a_grain_interface_when_declared_then_it_is_a_contract() =>
        Assert.All(GrainInterfaces, i => Assert.Equal(Products.Contracts, i.Assembly));

    private static string? AliasOf(MemberInfo member) =>
        member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static void AssertNamedApart<T>(IEnumerable<T> members, Func<T, string?> nameOf)
        where T : MemberInfo
    {
        var named = members.Select(m => (Member: m, Name: nameOf(m))).ToList();
        Assert.Empty(named.Where(n => string.IsNullOrEmpty(n.Name)).Select(n => n.Member.Name));
        Assert.Empty(
            named.GroupBy(n => n.Name).Where(g => g.Count() > 1).SelectMany(g => g).Select(n => n.Member.Name)
        );
    }
}
