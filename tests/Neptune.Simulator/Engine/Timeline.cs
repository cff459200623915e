using Neptune.ModelGraph;

namespace Neptune.Simulator;

/// <summary>
/// The virtual clock, the queue of what will happen, and the one source of chance: equal seeds make equal runs. One
/// thread.
/// </summary>
internal sealed class Timeline(ulong seed, bool keepsAll)
{
    private const int Kept = 30;

    private readonly PriorityQueue<Happening, (TimeSpan, long)> _queue = new();
    private readonly Queue<Entry> _latest = new();
    private KeyedRandom _random = new(KeyedRandom.Key(seed, "simulator"));
    private long _scheduled;

    private readonly record struct Entry(TimeSpan At, Func<string> Text);

    /// <summary>The time since the run began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>How many things have happened.</summary>
    public long Count { get; private set; }

    /// <summary>
    /// Does something later. What belongs to a silo does not happen once that start of it has ended, and waits
    /// while it is frozen.
    /// </summary>
    public void After(TimeSpan delay, Silo? silo, Action action) =>
        Add(Now + delay, new(silo, silo?.Incarnation ?? 0, action));

    /// <summary>A signal that is set later.</summary>
    public Signal Sleep(TimeSpan delay, Silo? silo)
    {
        var signal = new Signal();
        After(delay, silo, signal.Set);
        return signal;
    }

    /// <summary>What waited for a frozen silo happens now, in the order in which it would have.</summary>
    public void Resume(IEnumerable<Happening> deferred)
    {
        foreach (var happening in deferred)
        {
            Add(Now, happening);
        }
    }

    /// <summary>Runs a fiber on a silo.</summary>
    public void Start(Silo? silo, Lifetime lifetime, IEnumerable<Signal> body, Action? ended = null) =>
        new Fiber(this, silo, lifetime, body.GetEnumerator(), ended).Step();

    /// <summary>Lets the next thing happen.</summary>
    public void RunNext()
    {
        _queue.TryDequeue(out var next, out var key);
        Now = key.Item1;
        if (next.Silo is { } silo)
        {
            if (silo.Incarnation != next.Incarnation || !silo.IsAlive)
            {
                return;
            }
            if (silo.IsFrozen)
            {
                silo.Deferred.Add(next);
                return;
            }
        }
        Count++;
        next.Action();
    }

    /// <summary>When the next thing happens.</summary>
    public TimeSpan Next => _queue.TryPeek(out _, out var key) ? key.Item1 : TimeSpan.MaxValue;

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => _random.NextDouble() < probability;

    /// <summary>A number in [low, high].</summary>
    public int Between(int low, int high) => low + (int)_random.NextBelow(high - low + 1);

    /// <summary>A time between two.</summary>
    public TimeSpan Between(TimeSpan low, TimeSpan high) => low + ((high - low) * _random.NextDouble());

    /// <summary>Milliseconds between two numbers of them.</summary>
    public TimeSpan Milliseconds(double low, double high) =>
        TimeSpan.FromMilliseconds(low + ((high - low) * _random.NextDouble()));

    /// <summary>One of some.</summary>
    public T Pick<T>(IReadOnlyList<T> among) => among[Between(0, among.Count - 1)];

    /// <summary>A secret that no other call gives.</summary>
    public string Token() => $"{_random.NextUInt64():x16}{_random.NextUInt64():x16}";

    /// <summary>Tells what happened. The latest are kept, and all are printed where a seed is traced.</summary>
    public void Tell(Func<string> text)
    {
        if (keepsAll)
        {
            Console.WriteLine(Line(new(Now, text)));
        }
        _latest.Enqueue(new(Now, text));
        if (_latest.Count > Kept)
        {
            _latest.Dequeue();
        }
    }

    /// <summary>The latest that was told, oldest first.</summary>
    public IEnumerable<string> Latest => _latest.Select(Line);

    private static string Line(Entry entry) => $"{entry.At.TotalSeconds, 10:0.000000}  {entry.Text()}";

    private void Add(TimeSpan at, Happening happening) => _queue.Enqueue(happening, (at, _scheduled++));
}
