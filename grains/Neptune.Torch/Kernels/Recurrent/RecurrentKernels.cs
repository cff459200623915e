namespace Neptune.Torch;

/// <summary>The recurrent layers.</summary>
internal sealed class RecurrentKernels : IKernelFamily
{
    public IEnumerable<IOperationKernel> Members =>
        [new Kernel("RNN", 6, 1), new Kernel("GRU", 6, 2), new Kernel("LSTM", 8, 3)];

    private sealed class Kernel(string type, int most, int activations) : IOperationKernel
    {
        public string Type => type;

        public PreparedOperation Prepare(OperationSite site)
        {
            site.RequireInputs(3, most);
            var directions = site.Operation.Text("direction", "forward") == "bidirectional" ? 2 : 1;
            return new RecurrentOperation(site, RecurrentActivations.Of(site, activations, directions));
        }
    }
}
