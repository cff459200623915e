using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Neptune.Processes;

namespace Neptune.Storage.Tests;

public sealed class SiloTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_a_real_silo_when_it_is_started_again_then_state_and_reminders_are_there(bool ownsDatabase)
    {
        using var parent = new TemporaryFolder();
        await WithSiloAsync(
            parent.Path,
            ownsDatabase,
            async note =>
            {
                await note.WriteAsync("kept");
                Assert.Equal(1, await note.CountRemindersAsync());
            }
        );
        await WithSiloAsync(
            parent.Path,
            ownsDatabase,
            async note =>
            {
                Assert.Equal("kept", await note.ReadAsync());
                Assert.Equal(1, await note.CountRemindersAsync());
                await note.WriteAsync("changed");
            }
        );
    }

    private static async Task WithSiloAsync(string path, bool ownsDatabase, Func<INoteGrain, Task> test)
    {
        using var folder = ownsDatabase ? null : DataFolder.Open(path);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Pick(), FreePort.Pick());
            if (folder is null)
                silo.AddNeptuneSqliteStorage(Path.Combine(path, "state.db"));
            else
                silo.AddNeptuneSqliteStorage(folder.Database);
        });
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await test(host.Services.GetRequiredService<IGrainFactory>().GetGrain<INoteGrain>("one"));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }
}
