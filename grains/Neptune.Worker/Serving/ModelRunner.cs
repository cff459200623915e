using System.Collections.Immutable;
using Neptune.Contracts;
using Neptune.Data;
using Neptune.ModelGraph;
using Neptune.Planning;
using Neptune.Torch;

namespace Neptune.Worker;

/// <summary>Answers requests with a package that is loaded on a device.</summary>
internal sealed class ModelRunner : IModelRunner
{
    private readonly TorchDevice _device;
    private readonly InferencePackage _package;
    private readonly InferenceRunner _runner;
    private readonly Shape _sample;
    private readonly bool _isChannelsFirst;

    private ModelRunner(TorchDevice device, InferencePackage package, InferenceRunner runner)
    {
        _device = device;
        _package = package;
        _runner = runner;
        _sample = package.Graph.Graph.Inputs[0].Shape.WithoutFirst();
        _isChannelsFirst = ImageLayout.IsChannelsFirst(package.Graph.Graph);
    }

    /// <summary>Loads a package onto a device.</summary>
    public static async Task<ModelRunner> LoadAsync(
        TorchDevice device,
        InferencePackage package,
        CancellationToken cancellation
    ) => new(device, package, await device.RunAsync(() => new InferenceRunner(device, package), cancellation));

    /// <inheritdoc/>
    public async Task<ImmutableArray<Prediction>> PredictAsync(
        PredictionRequest request,
        CancellationToken cancellation
    )
    {
        var (rows, features) = request.Images.IsEmpty ? (request.Rows, request.Features) : Decode(request.Images);
        if (rows < 1 || features.Length != rows * _runner.FeaturesOfSample)
        {
            throw new InvalidInputException(
                $"The request holds {features.Length} values for {rows} samples. The model takes samples of {_sample}: "
                    + $"{_runner.FeaturesOfSample} values each, at least one sample."
            );
        }
        try
        {
            var outputs = await _device.RunAsync(() => _runner.Predict(features.Span, rows, raw: true), cancellation);
            return [.. outputs.Chunk(outputs.Length / rows).Select(ToPrediction)];
        }
        catch (GraphException error)
        {
            throw new InvalidInputException(error.Message); // such as what a user's module says of it
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _device.RunAsync(_runner.Dispose, CancellationToken.None);

    private (int Rows, ReadOnlyMemory<float> Features) Decode(ImmutableArray<EncodedImage> images)
    {
        if (_sample.Rank != 3)
        {
            throw new InvalidInputException(
                $"The model takes samples of {_sample}, which are no images (height, width, channels). Send values."
            );
        }
        var lengths = _sample.ToArray();
        var (height, width, channels) = _isChannelsFirst
            ? ((int)lengths[1], (int)lengths[2], (int)lengths[0])
            : ((int)lengths[0], (int)lengths[1], (int)lengths[2]);
        var features = new float[images.Length * _runner.FeaturesOfSample];
        // A model may count pixels otherwise than 0..255 (the UCI digits: 0..16); its scale says how far it goes.
        var full = 1 / _package.Graph.InputScale;
        for (var i = 0; i < images.Length; i++)
        {
            try
            {
                var pixels = ImageDecoder.Decode(images[i].Bytes.Span, images[i].Name, height, width, channels);
                for (var p = 0; p < pixels.Length; p++)
                {
                    var place = _isChannelsFirst ? (p % channels * height * width) + (p / channels) : p;
                    features[(i * _runner.FeaturesOfSample) + place] = pixels[p] / 255f * full;
                }
            }
            catch (DatasetException error)
            {
                throw new InvalidInputException(error.Message, error);
            }
        }
        return (images.Length, features);
    }

    private Prediction ToPrediction(float[] outputs)
    {
        var labels = _package.Graph.Labels;
        // One output of two classes is the probability of the second.
        var isBinary = outputs.Length == 1 && labels.Length == 2;
        var best = isBinary ? Convert.ToInt32(outputs[0] > 0.5f) : Array.IndexOf(outputs, outputs.Max());
        return new()
        {
            Class = best,
            Label = best < labels.Length ? labels[best] : "",
            Probability =
                !isBinary ? outputs[best]
                : best == 1 ? outputs[0]
                : 1 - outputs[0],
            Outputs = [.. outputs],
        };
    }
}
