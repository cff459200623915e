using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Neptune.Storage.Tests;

/// <summary>Grain storage over a database, as a silo would wire it.</summary>
internal sealed class States
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public States(SqliteDatabase database) => Storage = new SqliteGrainStorage(database, Serializer, Activators);

    public States(IGrainStorage storage) => Storage = storage;

    /// <summary>As silos serialise.</summary>
    public static IGrainStorageSerializer Serializer { get; } =
        new OrleansGrainStorageSerializer(Services.GetRequiredService<Serializer>());

    public static IActivatorProvider Activators => Services.GetRequiredService<IActivatorProvider>();

    public IGrainStorage Storage { get; }

    public static GrainId Id(string key) => GrainId.Create("note", key);

    public async Task<GrainState<Note>> ReadAsync(string key)
    {
        var state = new GrainState<Note>(new Note { Text = "old" });
        await Storage.ReadStateAsync("main", Id(key), state);
        return state;
    }

    public async Task<GrainState<Note>> WriteAsync(string key, Note note)
    {
        var state = await ReadAsync(key);
        state.State = note;
        await Storage.WriteStateAsync("main", Id(key), state);
        return state;
    }
}
