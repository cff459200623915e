using Neptune.Contracts;

namespace Neptune.Simulator;

/// <summary>(3) A rank takes a frame only where number and token are those of its own generation.</summary>
internal sealed class FenceInvariant
{
    /// <summary>A rank of a generation has taken a frame.</summary>
    public void Accepted(Generation own, Frame frame)
    {
        var theirs = frame.Generation;
        if (theirs.Job != own.Job || theirs.Number != own.Number || theirs.Token != own.Token)
        {
            throw new InvariantViolatedException(
                "no zombie's frame is accepted",
                $"a rank of {own.Job} generation {own.Number} took a frame of generation {theirs.Number}"
            );
        }
    }
}
