using Neptune.Contracts;
using Neptune.ModelGraph;

namespace Neptune.Worker;

/// <summary>An epoch's numbers as grains report them and as packages hold them.</summary>
internal static class EpochForms
{
    public static EpochMetrics ToMetrics(this EpochReport epoch) =>
        new()
        {
            Epoch = epoch.Epoch,
            Loss = epoch.Loss,
            Accuracy = epoch.Accuracy,
            ValidationLoss = epoch.ValidationLoss,
            ValidationAccuracy = epoch.ValidationAccuracy,
        };

    public static EpochReport ToReport(this EpochMetrics epoch) =>
        new()
        {
            Epoch = epoch.Epoch,
            Loss = epoch.Loss,
            Accuracy = epoch.Accuracy,
            ValidationLoss = epoch.ValidationLoss,
            ValidationAccuracy = epoch.ValidationAccuracy,
        };
}
