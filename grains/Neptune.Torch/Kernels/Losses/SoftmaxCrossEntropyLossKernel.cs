using TorchSharp;

namespace Neptune.Torch;

/// <summary>The negative log-likelihood of the softmax along axis 1, and the softmax's logarithm.</summary>
internal sealed class SoftmaxCrossEntropyLossKernel : IOperationKernel
{
    public string Type => "SoftmaxCrossEntropyLoss";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, 3);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : SeveralOutputs(site)
    {
        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            var logs = torch.nn.functional.log_softmax(inputs[0]!, 1);
            var weights = inputs.Length > 2 ? inputs[2] : null;
            outputs[0] = NegativeLogLikelihoodKernel.Likelihood(Site, logs, inputs[1]!, weights);
            if (Wants(1))
            {
                outputs[1] = logs;
            }
        }
    }
}
