using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning;

/// <summary>All that the next membership of a job is planned from: whoever reads the same facts plans the same.</summary>
/// <param name="Current">The generation that ends.</param>
/// <param name="Statements">What its ranks have said so far.</param>
/// <param name="Candidates">Nodes that wait to be taken in.</param>
/// <param name="Departures">Nodes that were asked to leave.</param>
public sealed record MembershipFacts(
    Generation Current,
    ImmutableArray<RankStatement> Statements,
    ImmutableArray<Candidate> Candidates,
    ImmutableArray<Departure> Departures
)
{
    /// <summary>
    /// True where a change is wished for that a step boundary would bring: a node waits to be taken in, or one that leaves
    /// can be spared.
    /// </summary>
    public bool HasWishes
    {
        get
        {
            var comes = Candidates.Any(c => Current.PlaceOf(c.Node) is null && !Leaves(c.Node));
            var goes = Current.Ranks.Count(r => Leaves(r.Node));
            return comes || (goes > 0 && goes < Current.WorldSize);
        }
    }

    /// <summary>True where the node was asked to leave.</summary>
    public bool Leaves(NodeId node) => Departures.Any(d => d.Node == node);
}
