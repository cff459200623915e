using System.Collections;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Neptune.Torch;

/// <summary>A whole model of TorchScript, which libtorch's own interpreter runs. It is loaded at the first run.</summary>
internal sealed class TorchScriptKernel : IOperationKernel
{
    public string Type => ModelGraph.OpaqueModule.Type;

    public PreparedOperation Prepare(OperationSite site)
    {
        site.RequireInputs(2, int.MaxValue);
        return new Prepared(site);
    }

    private sealed class Prepared(OperationSite site) : SeveralOutputs(site)
    {
        private torch.jit.ScriptModule? _module;

        public override void ForwardAll(torch.Tensor?[] inputs, torch.Tensor?[] outputs, RunContext run)
        {
            if (run.Training)
            {
                throw Site.Error("it is a module of TorchScript as a whole, which answers and is not trained");
            }
            _module ??= Load(inputs[0]!);
            var answers = Tensors(_module.forward([.. inputs.Skip(1)!])).ToArray();
            if (answers.Length != outputs.Length)
            {
                throw Site.Error($"the module gives {answers.Length} tensors, and has {outputs.Length} outputs");
            }
            answers.CopyTo(outputs, 0);
        }

        public override void Free() => _module?.Dispose();

        private torch.jit.ScriptModule Load(torch.Tensor archive)
        {
            using var host = archive.cpu();
            var module = torch.jit.load(host.bytes.ToArray(), Site.Device.Native);
            module.eval();
            return module;
        }

        private IEnumerable<torch.Tensor> Tensors(object answer) =>
            answer switch
            {
                torch.Tensor tensor => [tensor],
                ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Tensors(tuple[i]!)),
                IEnumerable list => list.Cast<object>().SelectMany(Tensors),
                _ => throw Site.Error("the module gives something else than tensors. Wrap it in one that gives them"),
            };
    }
}
