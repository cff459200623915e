namespace Neptune.Simulator;

/// <summary>
/// Code that waits in between, written as an iterator over what it waits for: no threads and no tasks.
/// </summary>
internal sealed class Fiber(Timeline timeline, Silo? silo, Lifetime lifetime, IEnumerator<Signal> body, Action? ended)
{
    private readonly int _incarnation = silo?.Incarnation ?? 0;

    /// <summary>Goes on to the next wait.</summary>
    public void Step()
    {
        while (!lifetime.IsOver && (silo is null || silo.Incarnation == _incarnation))
        {
            if (!body.MoveNext())
            {
                ended?.Invoke();
                return;
            }
            if (!body.Current.IsSet)
            {
                body.Current.Then(() => timeline.After(TimeSpan.Zero, silo, Step));
                return;
            }
        }
    }
}
