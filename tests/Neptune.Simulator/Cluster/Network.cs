namespace Neptune.Simulator;

/// <summary>
/// Who reaches whom, and how fast. Calls may be lost; the bytes of a link may not, they wait until a partition heals.
/// </summary>
internal sealed class Network(Timeline timeline)
{
    private readonly List<HashSet<string>> _cuts = [];
    private readonly List<(Silo From, Silo To, Action Deliver)> _held = [];

    /// <summary>The name of the membership store among the parts of a partition.</summary>
    public const string Store = "store";

    /// <summary>The share of calls whose request or answer is lost.</summary>
    public double Loss { get; set; }

    /// <summary>The share of calls that arrive twice.</summary>
    public double Duplication { get; set; }

    /// <summary>Multiplies delays.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>How long a message takes.</summary>
    public TimeSpan Delay() => timeline.Milliseconds(0.1, 1.5) * (timeline.Chance(0.05) ? 10 * Slowness : Slowness);

    /// <summary>Separates some silos, and maybe the store with them, from all others.</summary>
    public void Cut(HashSet<string> part) => _cuts.Add(part);

    /// <summary>Ends a partition; what waited for it goes on its way.</summary>
    public void Heal(HashSet<string> part)
    {
        _cuts.Remove(part);
        var held = _held.ToArray();
        _held.Clear();
        foreach (var (from, to, deliver) in held)
        {
            Carry(from, to, Delay(), deliver);
        }
    }

    /// <summary>True where a partition is between two.</summary>
    public bool IsCut(string one, string other)
    {
        foreach (var cut in _cuts)
        {
            if (cut.Contains(one) != cut.Contains(other))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Carries bytes of a link: they arrive later where a partition is between.</summary>
    public void Carry(Silo from, Silo to, TimeSpan delay, Action deliver) =>
        timeline.After(
            delay,
            to,
            () =>
            {
                if (_cuts.Count > 0 && IsCut(from.Name, to.Name))
                {
                    _held.Add((from, to, deliver));
                    return;
                }
                deliver();
            }
        );
}
