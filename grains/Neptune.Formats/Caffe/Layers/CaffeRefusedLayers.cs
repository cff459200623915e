namespace Neptune.Formats;

/// <summary>Layers of Caffe that are not translated.</summary>
internal static class CaffeRefusedLayers
{
    /// <summary>The layers, with the reason.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            new("BatchReindex", "", "it picks samples, of which a batch then has another number"),
            new("ContrastiveLoss", "", "pairs of samples are not trained") { IsLoss = true },
            new("Filter", "", "it picks samples, of which a batch then has another number"),
            new("HDF5Output", "", "left out: nothing is written to files") { IsSink = true },
            new("HingeLoss", "", "the loss is not known") { IsLoss = true },
            new("Im2col", "", "windows are not laid out by themselves"),
            new("InfogainLoss", "", "the loss is not known") { IsLoss = true },
            new("LSTM", "", "sequences marked by a second blob are not known"),
            new("Parameter", "", "weights that are no layer's are not known"),
            new("Python", "", "programs in files are not run"),
            new("RNN", "", "sequences marked by a second blob are not known"),
            new("Recurrent", "", "sequences marked by a second blob are not known"),
            new("SPP", "", "pyramids of poolings are not known; write them as Pooling, Flatten and Concat"),
        ];
}
