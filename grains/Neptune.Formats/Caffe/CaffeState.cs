using System.Collections.Immutable;

namespace Neptune.Formats;

/// <summary>What decides which layers belong to a net: a NetState.</summary>
/// <param name="IsTraining">True for the phase TRAIN.</param>
/// <param name="Level">The level, which rules may limit.</param>
/// <param name="Stages">The stages, which rules may want or not want.</param>
internal sealed record CaffeState(bool IsTraining, long Level = 0, ImmutableArray<string> Stages = default)
{
    private ImmutableArray<string> All => Stages.IsDefault ? [] : Stages;

    /// <summary>This state with what a message gives; its stages are added.</summary>
    public CaffeState With(CaffeMessage state) =>
        new(
            state.Has("phase") ? state.Text("phase") == "TRAIN" : IsTraining,
            state.Has("level") ? state.Whole("level") : Level,
            [.. All, .. state.Texts("stage")]
        );

    /// <summary>True where all that a rule asks for holds.</summary>
    public bool Meets(CaffeMessage rule) =>
        (!rule.Has("phase") || rule.Text("phase") == "TRAIN" == IsTraining)
        && (!rule.Has("min_level") || Level >= rule.Whole("min_level"))
        && (!rule.Has("max_level") || Level <= rule.Whole("max_level"))
        && rule.Texts("stage").All(All.Contains)
        && !rule.Texts("not_stage").Any(All.Contains);
}
