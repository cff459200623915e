using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Neptune.Storage;

/// <summary>Turns what record tables hold into bytes and back.</summary>
internal static class RecordSerializer
{
    public static Serializer Instance { get; } =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
}
