namespace Neptune.Simulator;

/// <summary>A way to break the planner or the protocol on purpose: the invariants must catch each.</summary>
internal enum Mutation
{
    /// <summary>The real code.</summary>
    None,

    /// <summary>The planner does not look at whom the ranks saw fail.</summary>
    PlannerIgnoresSuspicion,

    /// <summary>The planner goes on from the oldest version.</summary>
    PlannerPicksOldestVersion,

    /// <summary>The cut leaves a shard out.</summary>
    CutDropsShard,

    /// <summary>The planner does not wait for ranks that have not spoken.</summary>
    PlannerDoesNotWait,

    /// <summary>Setting a generation overwrites one of its number.</summary>
    StoreOverwrites,

    /// <summary>A rank believes its own plan, not the store.</summary>
    RankBelievesItself,

    /// <summary>Frames of other generations are taken.</summary>
    TokenNotChecked,

    /// <summary>A laggard goes on from its own state.</summary>
    LaggardKeepsState,

    /// <summary>A rank commits before all contributions have arrived.</summary>
    CommitsEarly,

    /// <summary>A rank takes the state that is offered while the generation before still trains.</summary>
    FetchesInRehearsal,

    /// <summary>A job that has lost all nodes begins anew though it has a package.</summary>
    PackageForgotten,

    /// <summary>The queue gives nodes that another job holds.</summary>
    NodeGivenTwice,

    /// <summary>A job that ends keeps its nodes.</summary>
    NodesNotReleased,
}
