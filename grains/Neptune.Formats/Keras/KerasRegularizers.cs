using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// What a layer's regularizers add to the loss: l1 times the sum of absolute weights, and l2 times that of squared ones, whose
/// gradient is 2 l2 w.
/// </summary>
internal static class KerasRegularizers
{
    private const float UsualFactor = 0.01f;

    /// <summary>What a variable's regularizer does; null where it has none.</summary>
    /// <exception cref="KerasRefusedException">It is not known.</exception>
    public static ParameterUpdate? Of(KerasUsedVariable variable)
    {
        var setting = $"{Stem(variable.Variable)}_regularizer";
        var found = variable.Layer.Config.Find(setting);
        if (found is null)
        {
            return null;
        }
        var regularizer = KerasObject.Read(found.Value, setting);
        var config = regularizer.Config;
        var (l1, l2) = regularizer.Name switch
        {
            "l1" => (config.Float("l1", UsualFactor), 0),
            "l2" => (0, config.Float("l2", UsualFactor)),
            "l1l2" or "weightregularizer" => (config.Float("l1", 0), config.Float("l2", 0)),
            _ => throw new KerasRefusedException($"has a {setting} {regularizer.Written}, which is not known"),
        };
        return l1 == 0 && l2 == 0 ? null : new(L1: l1, L2: 2 * l2);
    }

    private static string Stem(string variable) =>
        variable switch
        {
            "recurrent_kernel" => "recurrent",
            "depthwise_kernel" => "depthwise",
            "pointwise_kernel" => "pointwise",
            _ => variable[(variable.LastIndexOf('/') + 1)..],
        };
}
