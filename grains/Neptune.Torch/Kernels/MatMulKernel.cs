using TorchSharp;

namespace Neptune.Torch;

// N rows (any leading dimensions), K features in, M features out

/// <summary>The matrix product, with NumPy's broadcasting.</summary>
internal sealed class MatMulKernel : IOperationKernel
{
    public string Type => "MatMul";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, 2);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : PreparedOperation(site)
    {
        // True where the lengths are known to fit before the first run: those of a matrix of weights.
        private readonly bool _fits =
            site.ShapeAt(0) is { IsKnown: true, Rank: > 0 } a
            && site.ShapeAt(1) is { IsFixed: true, Rank: 2 } b
            && a[-1] == b[0];

        public override bool HasBackward { get; } =
            site.ParameterAt(0) is null && site.ParameterAt(1) is { Shape.Rank: 2 };

        public override bool OutputMayBeOverwritten => true;

        public override bool BackwardReads(int input) => input == 0;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run) =>
            _fits ? torch.matmul(inputs[0]!, inputs[1]!) : MatrixProduct.Of(Site, inputs[0]!, inputs[1]!);

        public override void Backward(BackwardCall call)
        {
            var weight_KM = call.Input(1);
            if (call.ParameterGradient(1) is { } target)
            {
                using var rows_NM = call.OutputGradient.reshape(-1, weight_KM.shape[1]);
                using var a_NK = call.Input(0).reshape(-1, weight_KM.shape[0]);
                WeightGradient.Write(target, a_NK, rows_NM, call.Accumulates(1));
            }
            if (call.WantsValue(0))
            {
                using var weight_MK = weight_KM.t();
                call.Give(0, torch.matmul(call.OutputGradient, weight_MK), owned: true);
            }
        }
    }
}
