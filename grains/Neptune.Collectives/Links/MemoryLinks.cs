using System.Security.Cryptography;

namespace Neptune.Collectives;

/// <summary>Where two ranks of a process find the memory between them; the first to come makes it. Safe for all threads.</summary>
internal sealed class MemoryLinks
{
    private const int PipeBytes = 512 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Job, int Generation, int Low, int High), Meeting> _meetings = [];

    /// <summary>This rank's end of the link to another one.</summary>
    public LinkTransport Meet(CollectiveGroup group, int peer, Sleeper sleeper)
    {
        var key = (group.Job, group.Generation, Math.Min(group.Rank, peer), Math.Max(group.Rank, peer));
        lock (_gate)
        {
            if (_meetings.Remove(key, out var meeting))
            {
                if (!CryptographicOperations.FixedTimeEquals(meeting.Token.Span, group.Token.Span))
                    throw group.Failure(peer, "does not hold the same token.");
                // The other end waits for bytes already, perhaps: it looks again when there are some.
                (meeting.ToFirst.Writer, meeting.ToSecond.Reader) = (sleeper, sleeper);
                return new MemoryTransport(meeting.ToSecond, meeting.ToFirst);
            }
            meeting = new(new(PipeBytes), new(PipeBytes), group.Token);
            (meeting.ToFirst.Reader, meeting.ToSecond.Writer) = (sleeper, sleeper);
            _meetings.Add(key, meeting);
            return new MemoryTransport(meeting.ToFirst, meeting.ToSecond);
        }
    }

    /// <summary>Forgets a rank whose peers have not come.</summary>
    public void Forget(CollectiveGroup group)
    {
        lock (_gate)
        {
            foreach (var key in _meetings.Keys)
            {
                if (
                    key.Job == group.Job
                    && key.Generation == group.Generation
                    && (key.Low == group.Rank || key.High == group.Rank)
                )
                {
                    _meetings.Remove(key);
                }
            }
        }
    }

    private sealed record Meeting(MemoryPipe ToFirst, MemoryPipe ToSecond, ReadOnlyMemory<byte> Token);
}
