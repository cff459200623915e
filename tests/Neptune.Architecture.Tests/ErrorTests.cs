using Microsoft.Extensions.DependencyInjection;
using Neptune.Contracts;
using Orleans.Serialization;

namespace Neptune.Architecture.Tests;

/// <summary>An error that a grain throws reaches its caller as it is.</summary>
public sealed class ErrorTests
{
    /// <summary>The client's own errors arise on the caller's side and cross nothing.</summary>
    public static TheoryData<string> Errors =>
        [
            .. Products
                .Types.Where(t => t.IsAssignableTo(typeof(NeptuneException)) && t.Assembly != Products.Client)
                .Select(t => t.AssemblyQualifiedName!),
        ];

    [Theory]
    [MemberData(nameof(Errors))]
    public void Given_an_error_when_it_crosses_a_boundary_then_type_message_and_cause_arrive(string typeName)
    {
        var type = Type.GetType(typeName, throwOnError: true)!;
        var error = (Exception)Activator.CreateInstance(type, "what is wrong", new InvalidOperationException("why"))!;
        using var services = new ServiceCollection()
            .AddSerializer(builder =>
            {
                foreach (var assembly in Products.All)
                {
                    builder.AddAssembly(assembly);
                }
            })
            .BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer<Exception>>();
        var arrived = serializer.Deserialize(serializer.SerializeToArray(error));
        Assert.IsType(type, arrived);
        Assert.Equal("what is wrong", arrived.Message);
        Assert.Equal("why", arrived.InnerException?.Message);
    }
}
