using TorchSharp;

namespace Neptune.Torch;

/// <summary>What operations may read during a run.</summary>
internal sealed class RunContext
{
    /// <summary>True for training: dropout drops, and batch-norm uses the shard's own statistics.</summary>
    public bool Training { get; set; }

    /// <summary>True where weights stay as they are from run to run: operations may keep what they make of them.</summary>
    public bool WeightsStay { get; init; }

    /// <summary>The samples in the run.</summary>
    public int Rows { get; set; }

    /// <summary>What random numbers depend on.</summary>
    public ShardKey Key { get; set; }

    /// <summary>A generator that whoever draws from it seeds first.</summary>
    public torch.Generator? Generator { get; set; }

    /// <summary>Receives statistics in training.</summary>
    public ExchangeBuffer? Exchange { get; set; }
}
