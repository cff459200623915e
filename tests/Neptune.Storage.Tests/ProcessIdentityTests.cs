using System.Diagnostics;

namespace Neptune.Storage.Tests;

public class ProcessIdentityTests
{
    [Fact]
    public void Given_this_process_when_asked_then_it_lives_and_one_of_another_start_does_not()
    {
        Assert.True(ProcessIdentity.Current.IsAlive);
        Assert.False((ProcessIdentity.Current with { Started = "1" }).IsAlive);
        Assert.Null(ProcessIdentity.Of(int.MaxValue));
    }

    [Fact]
    public void Given_a_process_when_it_is_told_to_end_then_it_ends_and_one_that_had_its_id_before_is_left_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals.");
        using var process = Process.Start("sleep", ["60"]);
        var identity = ProcessIdentity.Of(process.Id)!.Value;
        (identity with { Started = "1" }).Kill();
        Assert.True(identity.IsAlive);
        identity.Terminate();
        process.WaitForExit();
        Assert.False(identity.IsAlive);
        identity.Kill();
    }
}
