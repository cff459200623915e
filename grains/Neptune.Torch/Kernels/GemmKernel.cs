using TorchSharp;

namespace Neptune.Torch;

// N rows, K features in, M features out

/// <summary>Y = alpha A' B' + beta C.</summary>
internal sealed class GemmKernel : IOperationKernel
{
    public string Type => "Gemm";

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, 3);
        return new Prepared(site);
    }

    private sealed class Prepared : PreparedOperation
    {
        private readonly bool _transposesA;
        private readonly bool _transposesB;
        private readonly float _alpha;
        private readonly float _beta;
        private readonly bool _hasC;
        private torch.Tensor? _b;
        private torch.Tensor? _transposedB;

        public Prepared(OperationSite site)
            : base(site)
        {
            _transposesA = Operation.Int("transA", 0) != 0;
            _transposesB = Operation.Int("transB", 0) != 0;
            _alpha = Operation.Float("alpha", 1);
            _beta = Operation.Float("beta", 1);
            _hasC = site.Has(2);
            var b = site.ParameterAt(1);
            var c = site.ParameterAt(2);
            // The usual dense layer: a batch times a weight matrix, plus a bias of one value for each column.
            HasBackward =
                !_transposesA
                && site.ParameterAt(0) is null
                && b is { Shape.Rank: 2 }
                && (!_hasC || (c is { Shape.Rank: 1 } && c.Shape[0] == b.Shape[_transposesB ? 0 : 1]));
        }

        public override bool HasBackward { get; }

        public override bool OutputMayBeOverwritten => true;

        public override bool BackwardReads(int input) => input == 0;

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            using var transposedA = _transposesA ? inputs[0]!.t() : null;
            var a = transposedA ?? inputs[0]!;
            using var ownB = _transposesB && !HasBackward ? inputs[1]!.t() : null;
            var b = _transposesB ? ownB ?? Transposed(inputs[1]!) : inputs[1]!;
            if (_hasC)
            {
                return torch.addmm(inputs[2]!, a, b, _beta, _alpha);
            }
            var y = torch.mm(a, b);
            return _alpha == 1 ? y : y.mul_(Scalars.Of(_alpha));
        }

        public override void Backward(BackwardCall call)
        {
            var gradient_NM = call.OutputGradient;
            if (call.ParameterGradient(2) is { } bias)
            {
                BiasGradient.Write(gradient_NM, bias, call.Accumulates(2), _beta);
            }
            var a_NK = call.Input(0);
            var weight = call.Input(1);
            if (call.ParameterGradient(1) is { } target)
            {
                var (left, right) = _transposesB ? (gradient_NM, a_NK) : (a_NK, gradient_NM);
                WeightGradient.Write(target, left, right, call.Accumulates(1), _alpha);
            }
            if (call.WantsValue(0))
            {
                var gradient_NK = torch.mm(gradient_NM, _transposesB ? weight : Transposed(weight));
                call.Give(0, _alpha == 1 ? gradient_NK : gradient_NK.mul_(Scalars.Of(_alpha)), owned: true);
            }
        }

        public override void Free() => _transposedB?.Dispose();

        // A weight stays the same tensor for the life of its replica, and so does its transposed view.
        private torch.Tensor Transposed(torch.Tensor b)
        {
            if (!ReferenceEquals(_b, b))
            {
                _transposedB?.Dispose();
                _b = b;
                _transposedB = b.t().DetachFromDisposeScope();
            }
            return _transposedB!;
        }
    }
}
