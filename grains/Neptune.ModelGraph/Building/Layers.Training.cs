namespace Neptune.ModelGraph;

public static partial class Layers
{
    /// <summary>Adam (Kingma and Ba, 2015); defaults are Keras's.</summary>
    public static Optimizer Adam(
        float learningRate = 0.001f,
        float beta1 = 0.9f,
        float beta2 = 0.999f,
        float epsilon = 1e-7f
    ) => new Optimizer.Adam(learningRate, beta1, beta2, epsilon);

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019); defaults are Keras's.</summary>
    public static Optimizer AdamW(
        float learningRate = 0.001f,
        float beta1 = 0.9f,
        float beta2 = 0.999f,
        float epsilon = 1e-7f,
        float weightDecay = 0.004f
    ) => new Optimizer.AdamW(learningRate, beta1, beta2, epsilon, weightDecay);

    /// <summary>Stochastic gradient descent; defaults are Keras's.</summary>
    public static Optimizer Sgd(
        float learningRate = 0.01f,
        float momentum = 0,
        bool nesterov = false,
        float weightDecay = 0
    ) => new Optimizer.Sgd(learningRate, momentum, nesterov, weightDecay);

    /// <summary>Cross-entropy of labels given as class numbers.</summary>
    /// <param name="fromLogits">True where the last layer has no softmax.</param>
    /// <param name="ignoreIndex">A class whose samples count for nothing.</param>
    public static Loss SparseCategoricalCrossentropy(bool fromLogits = false, long? ignoreIndex = null) =>
        new Loss.SparseCategoricalCrossentropy(fromLogits, ignoreIndex);

    /// <summary>Cross-entropy of labels given as distributions over classes.</summary>
    /// <param name="fromLogits">True where the last layer has no softmax.</param>
    public static Loss CategoricalCrossentropy(bool fromLogits = false) => new Loss.CategoricalCrossentropy(fromLogits);

    /// <summary>The mean over outputs of the squared error.</summary>
    public static Loss MeanSquaredError() => new Loss.MeanSquaredError();

    /// <summary>The share of samples whose most probable class is the label.</summary>
    public static Metric Accuracy() => new Metric.Accuracy();
}
