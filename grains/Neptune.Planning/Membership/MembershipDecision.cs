using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>What follows from the facts about a generation that ends.</summary>
public abstract record MembershipDecision
{
    private MembershipDecision() { }

    /// <summary>Some ranks may still speak.</summary>
    public sealed record Wait(string For) : MembershipDecision;

    /// <summary>The next membership, to be set by compare-and-set.</summary>
    public sealed record Next(Generation Generation) : MembershipDecision;

    /// <summary>The job cannot go on on any node.</summary>
    public sealed record Fault(NodeId Node, string Message) : MembershipDecision;
}
