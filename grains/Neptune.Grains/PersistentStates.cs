namespace Neptune.Grains;

/// <summary>Writes a grain's state so that memory never runs ahead of storage.</summary>
internal static class PersistentStates
{
    /// <summary>Writes <paramref name="value"/>; where that fails, memory holds again what storage holds.</summary>
    public static async Task SaveAsync<T>(this IPersistentState<Stored<T>> state, T? value)
        where T : class
    {
        var before = state.State.Value;
        state.State.Value = value;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State.Value = before;
            throw;
        }
    }
}
