namespace Neptune.Simulator;

/// <summary>What a fiber waits for. It is set once, and stays so.</summary>
internal class Signal
{
    private Action? _waiting;

    /// <summary>True once it was set.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Wakes who waits.</summary>
    public void Set()
    {
        if (IsSet)
        {
            return;
        }
        IsSet = true;
        _waiting?.Invoke();
        _waiting = null;
    }

    /// <summary>Calls when it is set.</summary>
    public void Then(Action action)
    {
        if (IsSet)
        {
            action();
        }
        else
        {
            _waiting += action;
        }
    }
}

/// <summary>An answer that will come, or the news that none will.</summary>
internal sealed class Reply<T> : Signal
{
    private T _value = default!;

    /// <summary>Why there is no answer; what was asked for may be done all the same. Null where there is one.</summary>
    public string? Error { get; private set; }

    /// <summary>True where there is no answer.</summary>
    public bool HasFailed => Error is not null;

    /// <summary>The answer.</summary>
    public T Value => IsSet && !HasFailed ? _value : throw new InvalidOperationException($"no answer: {Error}");

    /// <summary>Answers.</summary>
    public void Answer(T value)
    {
        _value = IsSet ? _value : value;
        Set();
    }

    /// <summary>There will be no answer.</summary>
    public void Fail(string error)
    {
        Error = IsSet ? Error : error;
        Set();
    }
}
