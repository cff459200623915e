using static TorchSharp.torch;

namespace Neptune.Torch;

// N samples, C classes

/// <summary>Minus the log-probability of each label's class.</summary>
internal sealed class NegativeLogLikelihoodKernel : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [
            new FunctionKernel(
                "NegativeLogLikelihoodLoss",
                2,
                3,
                site => inputs => Likelihood(site, inputs[0]!, inputs[1]!, inputs.Length > 2 ? inputs[2] : null)
            ),
        ];

    /// <summary>The loss of log-probabilities.</summary>
    internal static Tensor Likelihood(OperationSite site, Tensor logs_NC, Tensor labels_N, Tensor? weights_C)
    {
        var labels = labels_N.to_type(ScalarType.Int64);
        Tensor? counts = null;
        if (site.Operation.Attributes.ContainsKey("ignore_index"))
        {
            counts = labels.ne(Scalars.Of(site.Operation.Int("ignore_index", 0)));
            labels = where(counts, labels, zeros_like(labels));
        }
        labels = Places.Checked(site, labels, logs_NC.size(1));
        var picked = Places.TakeElements(logs_NC, 1, labels.unsqueeze(1)).squeeze(1);
        var weights = weights_C is null ? ones_like(picked) : Places.Take(weights_C, 0, labels);
        if (counts is not null)
        {
            picked = where(counts, picked, zeros_like(picked));
            weights = weights * counts;
        }
        var losses = -picked * weights;
        return site.Operation.Text("reduction", "mean") switch
        {
            "none" => losses,
            "sum" => losses.sum(),
            _ => losses.sum() / weights.sum(),
        };
    }
}
