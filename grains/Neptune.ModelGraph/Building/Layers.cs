namespace Neptune.ModelGraph;

/// <summary>
/// Layers, optimizers, losses and metrics by the names Keras gives them:
/// <c>using static Neptune.ModelGraph.Layers;</c> makes a model read as it does there.
/// </summary>
public static partial class Layers
{
    /// <summary>A sample's shape, without the batch; images are (height, width, channels). Only as the first layer.</summary>
    public static Layer Input(params long[] lengths) => new InputLayer(Shape.Of(lengths), null);

    /// <summary>activation(x W' + b): every unit sees every feature; of a sequence, those of its step.</summary>
    /// <param name="units">Outputs, from 1.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    /// <param name="bias">False leaves b out.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer Dense(
        int units,
        Activation activation = Activation.Linear,
        bool bias = true,
        string? name = null
    ) => new DenseLayer(units, activation, bias, name);

    /// <summary>A 2-D convolution over an image.</summary>
    /// <param name="filters">Output channels, from 1.</param>
    /// <param name="kernel">The window: <c>3</c>, or <c>(3, 5)</c>.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    /// <param name="strides">The distance between windows; 1 by default.</param>
    /// <param name="padding">Whether the image is padded so that it keeps its size at stride 1.</param>
    /// <param name="dilation">The distance between elements under the window; 1 by default.</param>
    /// <param name="groups">Groups of channels that are convolved apart.</param>
    /// <param name="bias">False leaves the bias out, as before a BatchNormalization.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer Conv2D(
        int filters,
        Size2D kernel,
        Activation activation = Activation.Linear,
        Size2D? strides = null,
        Padding padding = Padding.Valid,
        Size2D? dilation = null,
        int groups = 1,
        bool bias = true,
        string? name = null
    ) => new Conv2DLayer(filters, kernel, activation, strides ?? 1, padding, dilation ?? 1, groups, bias, name);

    /// <summary>The greatest element under each window.</summary>
    /// <param name="pool">The window; 2x2 by default.</param>
    /// <param name="strides">The distance between windows; the window's size by default.</param>
    /// <param name="padding">Whether windows may reach over the edge.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer MaxPooling2D(
        Size2D? pool = null,
        Size2D? strides = null,
        Padding padding = Padding.Valid,
        string? name = null
    ) => new Pooling2DLayer(true, pool ?? 2, strides ?? pool ?? 2, padding, name);

    /// <summary>The mean under each window; padding does not count.</summary>
    /// <param name="pool">The window; 2x2 by default.</param>
    /// <param name="strides">The distance between windows; the window's size by default.</param>
    /// <param name="padding">Whether windows may reach over the edge.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer AveragePooling2D(
        Size2D? pool = null,
        Size2D? strides = null,
        Padding padding = Padding.Valid,
        string? name = null
    ) => new Pooling2DLayer(false, pool ?? 2, strides ?? pool ?? 2, padding, name);

    /// <summary>The mean of each channel: an image (height, width, channels) becomes features (channels,).</summary>
    public static Layer GlobalAveragePooling2D(string? name = null) => new GlobalAveragePooling2DLayer(name);

    /// <summary>Normalises each feature or channel; defaults are Keras's.</summary>
    /// <param name="momentum">How much of the running statistics stays at each step, 0..1.</param>
    /// <param name="epsilon">Added to the variance, greater than 0.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer BatchNormalization(float momentum = 0.99f, float epsilon = 1e-3f, string? name = null) =>
        new BatchNormalizationLayer(momentum, epsilon, name);

    /// <summary>
    /// Normalises each sample (each step, each place of an image) over its features; then one scale and shift each.
    /// </summary>
    /// <param name="epsilon">Added to the variance, greater than 0.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer LayerNormalization(float epsilon = 1e-3f, string? name = null) =>
        new LayerNormalizationLayer(epsilon, name);

    /// <summary>Normalises groups of an image's channels, each sample by itself.</summary>
    /// <param name="groups">How many groups; they divide the channels.</param>
    /// <param name="epsilon">Added to the variance, greater than 0.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer GroupNormalization(int groups = 32, float epsilon = 1e-3f, string? name = null) =>
        new GroupNormalizationLayer(groups, epsilon, name);

    /// <summary>The transpose of a 2-D convolution: an image grows by the strides.</summary>
    /// <param name="filters">Output channels, from 1.</param>
    /// <param name="kernel">The window: <c>3</c>, or <c>(3, 5)</c>.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    /// <param name="strides">The distance between windows in the output; 1 by default.</param>
    /// <param name="padding">Same makes the output just the input's size times the strides.</param>
    /// <param name="bias">False leaves the bias out.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer Conv2DTranspose(
        int filters,
        Size2D kernel,
        Activation activation = Activation.Linear,
        Size2D? strides = null,
        Padding padding = Padding.Valid,
        bool bias = true,
        string? name = null
    ) => new Conv2DTransposeLayer(filters, kernel, activation, strides ?? 1, padding, bias, name);

    /// <summary>An image stretched to a whole number of times its size.</summary>
    /// <param name="size">How many times; 2 by default.</param>
    /// <param name="interpolates">True for values in between (bilinear); false repeats elements.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer UpSampling2D(Size2D? size = null, bool interpolates = false, string? name = null) =>
        new UpSampling2DLayer(size ?? 2, interpolates, name);

    /// <summary>Drops a share of elements in training; does nothing at inference.</summary>
    /// <param name="rate">The share, at least 0 and less than 1.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer Dropout(float rate, string? name = null) => new DropoutLayer(rate, name);

    /// <summary>All elements of a sample as one dimension of features.</summary>
    public static Layer Flatten(string? name = null) => new FlattenLayer(name);

    /// <summary>The same elements in another shape, without the batch; one length may be -1 for what is left.</summary>
    public static Layer Reshape(params long[] lengths) => new ReshapeLayer([.. lengths], null);

    /// <summary>An activation by itself.</summary>
    public static Layer Activate(Activation activation, string? name = null) => new ActivationLayer(activation, name);
}
