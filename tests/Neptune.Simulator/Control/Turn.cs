namespace Neptune.Simulator;

/// <summary>One call that a grain answers: its code, and where the answer goes.</summary>
internal sealed class Turn(Func<Turn, IEnumerable<Signal>> body, Reply<object?> reply)
{
    public IEnumerable<Signal> Run() => body(this);

    public Reply<object?> Reply => reply;

    /// <summary>What is answered.</summary>
    public object? Result { get; set; }

    /// <summary>Why the call throws; null where it does not.</summary>
    public string? Error { get; set; }

    /// <summary>True where the caller tries again elsewhere: a silo is gone, or did not answer.</summary>
    public bool HasFailed => Error is not null;
}
