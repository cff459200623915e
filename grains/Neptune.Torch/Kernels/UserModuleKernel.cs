using System.Collections.Immutable;
using Neptune.ModelGraph;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>
/// Runs a user's module, and has libtorch differentiate it. Its parameters are the replica's weights themselves. What it draws
/// is keyed by seed, epoch, step, shard and the operation's name. A buffer that runs along begins each shard with its value of
/// the step before; the shard's own, times its rows, goes to the exchanged vector, and the next value is their mean over the global
/// batch: of running means and the like the same as one pass over the batch gives.
/// </summary>
internal sealed class UserModuleKernel : IOperationKernel
{
    public string Type => ModuleOperation.Type;

    public PreparedOperation Prepare(OperationSite site)
    {
        var description = ModuleOperation.Of(site.Operation);
        var registered = site.Device.Modules.Require(description.Module);
        var key = KeyedRandom.Key(0, $"module:{site.Operation.Name}"); // its weights come from the replica
        return new Prepared(
            site,
            description,
            ModuleInstance.Create(registered, description.Settings, key, site.Device)
        );
    }

    private sealed class Prepared : PreparedOperation
    {
        private readonly ModuleOperation _description;
        private readonly ModuleInstance _instance;
        private readonly torch.Tensor[] _tensors;
        private readonly int _parameters;
        private readonly bool[] _runsAlong;
        private readonly torch.Tensor?[] _bound;
        private torch.Tensor? _leaf;
        private torch.Tensor? _output;

        public Prepared(OperationSite site, ModuleOperation description, ModuleInstance instance)
            : base(site)
        {
            _description = description;
            _instance = instance;
            _tensors = ModuleTensors.Of(instance, description);
            _parameters = instance.Parameters.Length;
            _runsAlong = [.. description.Tensors.Select(name => description.Statistics.Contains(name))];
            _bound = new torch.Tensor?[_tensors.Length];
            // The new value takes the old one's place wholly.
            Statistics =
            [
                .. Enumerable
                    .Range(0, _tensors.Length)
                    .Where(i => _runsAlong[i])
                    .Select(i => new RunningStatistic(i + 1, 0)),
            ];
        }

        public override bool HasBackward => true;

        public override ConvolutionUse Convolutions => Site.Device.IsCpu ? ConvolutionUse.Plain : ConvolutionUse.None;

        public override ImmutableArray<RunningStatistic> Statistics { get; }

        public override torch.Tensor Forward(torch.Tensor?[] inputs, RunContext run)
        {
            Forget();
            Take(inputs);
            var (x, key) = (inputs[0]!, run.Key.For(Operation.Name));
            if (!run.Training)
            {
                using var samples = x.clone(); // others may read what the module overwrites
                return Checked(_instance.Run(samples, training: false, KeyedRandom.Key(0, Operation.Name)), x);
            }
            using var grad = torch.enable_grad();
            _leaf = x.detach().DetachFromDisposeScope();
            _leaf.requires_grad = x.is_floating_point();
            using var copy = _leaf.clone();
            _output = Checked(_instance.Run(copy, training: true, key), x);
            HandOn(inputs, run);
            return _output.detach();
        }

        public override void Backward(BackwardCall call)
        {
            var wantsInput = call.WantsValue(0);
            var trainable = Enumerable
                .Range(0, _parameters)
                .Where(i => call.ParameterGradient(i + 1) is not null)
                .ToArray();
            List<torch.Tensor> leaves = [.. trainable.Select(i => _tensors[i])];
            if (wantsInput)
            {
                leaves.Add(_leaf!);
            }
            var gradients = _output!.requires_grad
                ? torch.autograd.grad([_output], leaves, [call.OutputGradient], allow_unused: true)
                : null; // it depends on nothing that is trained
            for (var i = 0; i < trainable.Length; i++)
            {
                using var gradient = Valid(gradients?[i]);
                call.Write(trainable[i] + 1, gradient);
            }
            if (wantsInput && Valid(gradients?[^1]) is { } ofInput)
            {
                call.Give(0, ofInput, owned: call.OwnsOutputGradient);
            }
            Forget();
        }

        public override void Free()
        {
            Forget();
            _instance.Dispose();
        }

        // Parameters are bound once to the same memory; buffers are copied, since the module may write to them.
        private void Take(torch.Tensor?[] inputs)
        {
            for (var i = 0; i < _tensors.Length; i++)
            {
                var weights = inputs[i + 1]!;
                if (i >= _parameters)
                {
                    using var noGrad = torch.no_grad();
                    _tensors[i].copy_(weights);
                }
                else if (!ReferenceEquals(_bound[i], weights))
                {
                    RequireShape(i, weights);
                    ModuleInstance.Bind(_tensors[i], weights, Site.ParameterAt(i + 1) is { Trainable: true });
                    _bound[i] = weights;
                }
            }
        }

        private void RequireShape(int tensor, torch.Tensor weights)
        {
            if (!_tensors[tensor].shape.AsSpan().SequenceEqual(weights.shape))
            {
                throw Site.Error(
                    $"module {_description.Module} makes {_description.Tensors[tensor]} of shape ({string.Join(", ", _tensors[tensor].shape)}), "
                        + $"and the graph has ({string.Join(", ", weights.shape)}); describe it again"
                );
            }
        }

        private torch.Tensor Checked(torch.Tensor output, torch.Tensor input)
        {
            long[] wanted = [input.size(0), .. _description.Output];
            if (output.dtype == torch.float32 && output.shape.AsSpan().SequenceEqual(wanted))
            {
                return output;
            }
            var found = $"{output.dtype} ({string.Join(", ", output.shape)})";
            output.Dispose();
            throw Site.Error(
                $"module {_description.Module} gave {found} for {input.size(0)} samples, and its graph says Float32 "
                    + $"({string.Join(", ", wanted)}). Its output must have the samples first, and else one shape"
            );
        }

        private void HandOn(torch.Tensor?[] inputs, RunContext run)
        {
            using var noGrad = torch.no_grad();
            _instance.RequireFixed();
            var statistic = 0;
            for (var i = _parameters; i < _tensors.Length; i++)
            {
                if (_runsAlong[i])
                {
                    Write(_tensors[i], run, StatisticOffsets[statistic++]);
                }
                else if (!TensorMemory.HaveEqualBits(_tensors[i], inputs[i + 1]!))
                {
                    throw Site.Error(
                        $"module {_description.Module} changed its buffer {_description.Tensors[i]} in training, and did not when "
                            + "it was described. Let its forward change the same buffers at each call"
                    );
                }
            }
        }

        private static void Write(torch.Tensor statistic, RunContext run, int offset)
        {
            using var moved = statistic.cpu();
            using var plain = moved.contiguous();
            var values = TensorMemory.Floats(plain);
            var sums = run.Exchange!.Span.Slice(offset, values.Length);
            for (var i = 0; i < values.Length; i++)
            {
                sums[i] = values[i] * run.Rows;
            }
        }

        private static torch.Tensor? Valid(torch.Tensor? gradient) =>
            gradient is { IsInvalid: false } ? gradient : null;

        private void Forget()
        {
            _leaf?.Dispose();
            _output?.Dispose();
            (_leaf, _output) = (null, null);
        }
    }
}
