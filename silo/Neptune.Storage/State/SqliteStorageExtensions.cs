using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Neptune.Storage;

/// <summary>Makes a silo keep grain state and reminders in a SQLite file.</summary>
public static class SqliteStorageExtensions
{
    /// <summary>Keeps default grain state and reminders in an open database, whose owner disposes it after the silo.</summary>
    public static ISiloBuilder AddNeptuneSqliteStorage(this ISiloBuilder builder, SqliteDatabase database)
    {
        builder.Services.AddSingleton(database);
        builder.Services.AddNeptuneSqliteStorage();
        builder.AddReminders();
        return builder;
    }

    /// <summary>Keeps default grain state and reminders in a file, which the silo opens and closes.</summary>
    public static ISiloBuilder AddNeptuneSqliteStorage(this ISiloBuilder builder, string path)
    {
        builder.Services.AddSingleton(_ => SqliteDatabase.Open(path));
        builder.Services.AddNeptuneSqliteStorage();
        builder.AddReminders();
        return builder;
    }

    private static void AddNeptuneSqliteStorage(this IServiceCollection services)
    {
        services.AddGrainStorage(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            (provider, _) =>
                new SqliteGrainStorage(
                    provider.GetRequiredService<SqliteDatabase>(),
                    provider.GetRequiredService<IGrainStorageSerializer>(),
                    provider.GetRequiredService<IActivatorProvider>()
                )
        );
        services.AddSingleton<IReminderTable>(provider => new SqliteReminderTable(
            provider.GetRequiredService<SqliteDatabase>()
        ));
    }
}
