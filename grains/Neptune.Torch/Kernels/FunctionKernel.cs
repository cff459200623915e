using TorchSharp;

namespace Neptune.Torch;

/// <summary>An operator that is one function of libtorch, which also differentiates it.</summary>
/// <param name="type">The operator's name.</param>
/// <param name="least">The fewest inputs.</param>
/// <param name="most">The most inputs.</param>
/// <param name="prepare">Reads the attributes, and gives the function; its result is a tensor handle of its own.</param>
internal sealed class FunctionKernel(
    string type,
    int least,
    int most,
    Func<OperationSite, Func<torch.Tensor?[], torch.Tensor>> prepare
) : IOperationKernel
{
    public string Type => type;

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(least, most);
        return new Prepared(site, prepare(site));
    }

    private sealed class Prepared(OperationSite site, Func<torch.Tensor?[], torch.Tensor> function)
        : PreparedOperation(site)
    {
        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            var result = function(inputs);
            foreach (var input in inputs)
            {
                if (ReferenceEquals(input, result))
                {
                    return result.alias();
                }
            }
            return result;
        }
    }
}
