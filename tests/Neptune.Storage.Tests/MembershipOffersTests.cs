using Neptune.Contracts;
using Neptune.Planning;

namespace Neptune.Storage.Tests;

/// <summary>A node that dies after it was taken in cannot take its offer back.</summary>
public sealed class MembershipOffersTests : IDisposable
{
    private static readonly JobId Job = new("job-1");
    private static readonly NodeId Joined = new("joined/cpu:0");
    private static readonly NodeId Left = new("left/cpu:0");
    private static readonly NodeId Waits = new("waits/cpu:0");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Given_offers_when_a_generation_is_set_then_those_of_who_joined_or_left_are_gone()
    {
        using var database = SqliteDatabase.Open(_folder.At("state.db"));
        var store = database.Memberships();
        foreach (var node in new[] { Joined, Left, Waits })
        {
            await store.OfferAsync(Job, new(node, null));
        }
        var next = new Generation
        {
            Job = Job,
            Number = 1,
            Token = "token",
            Ranks = [new(0, Joined, new(0, 4))],
            Joined = [Joined],
            Left = [new(Left, "its link closed")],
        };
        Assert.True(await store.TryAppendAsync(next));
        var facts = await store.FactsAsync(next);
        Assert.Equal([Waits], facts.Candidates.Select(c => c.Node));
    }
}
