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

    /// <summary>AdaMax (Kingma and Ba, 2015, algorithm 2); defaults are Keras's.</summary>
    public static Optimizer AdaMax(
        float learningRate = 0.001f,
        float beta1 = 0.9f,
        float beta2 = 0.999f,
        float epsilon = 1e-7f
    ) => new Optimizer.AdaMax(learningRate, beta1, beta2, epsilon);

    /// <summary>RMSprop (Hinton, 2012); defaults are Keras's.</summary>
    public static Optimizer RmsProp(
        float learningRate = 0.001f,
        float rho = 0.9f,
        float momentum = 0,
        float epsilon = 1e-7f
    ) => new Optimizer.RmsProp(learningRate, rho, momentum, epsilon);

    /// <summary>AdaGrad (Duchi, Hazan and Singer, 2011).</summary>
    public static Optimizer AdaGrad(
        float learningRate = 0.01f,
        float initialAccumulator = 0.1f,
        float epsilon = 1e-7f
    ) => new Optimizer.AdaGrad(learningRate, initialAccumulator, epsilon);

    /// <summary>AdaDelta (Zeiler, 2012).</summary>
    public static Optimizer AdaDelta(float learningRate = 1, float rho = 0.95f, float epsilon = 1e-6f) =>
        new Optimizer.AdaDelta(learningRate, rho, epsilon);

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

    /// <summary>The mean absolute error of targets given as numbers.</summary>
    public static Loss MeanAbsoluteError() => new Loss.MeanAbsoluteError();

    /// <summary>Huber's loss of targets given as numbers.</summary>
    /// <param name="delta">Where the parabola becomes a line, in units of the output.</param>
    public static Loss Huber(float delta = 1) => new Loss.Huber(delta);

    /// <summary>Cross-entropy of each output by itself: of classes 0 and 1 for one output, or of targets in 0..1.</summary>
    /// <param name="fromLogits">True where the last layer has no sigmoid.</param>
    public static Loss BinaryCrossentropy(bool fromLogits = false) => new Loss.BinaryCrossentropy(fromLogits);

    /// <summary>The share of samples whose most probable class is the label.</summary>
    public static Metric Accuracy() => new Metric.Accuracy();

    /// <summary>The share of samples with fewer than k classes more probable than the label.</summary>
    /// <param name="k">At least 1; Keras's 5 by default.</param>
    public static Metric TopKAccuracy(int k = 5) => new Metric.TopKAccuracy(k);

    /// <summary>The share of outputs on their target's side of a threshold.</summary>
    /// <param name="threshold">A probability above it is a yes; in 0..1.</param>
    public static Metric BinaryAccuracy(float threshold = 0.5f) => new Metric.BinaryAccuracy(threshold);

    /// <summary>Of all outputs above a threshold, the share whose target is a yes.</summary>
    /// <param name="threshold">A probability above it is a yes; in 0..1.</param>
    public static Metric Precision(float threshold = 0.5f) => new Metric.Precision(threshold);

    /// <summary>Of all outputs whose target is a yes, the share above a threshold.</summary>
    /// <param name="threshold">A probability above it is a yes; in 0..1.</param>
    public static Metric Recall(float threshold = 0.5f) => new Metric.Recall(threshold);

    /// <summary>The area under the ROC curve, by 200 thresholds.</summary>
    public static Metric Auc() => new Metric.Auc();

    /// <summary>The root of the mean squared error of outputs.</summary>
    public static Metric RootMeanSquaredError() => new Metric.RootMeanSquaredError();

    /// <summary>The mean absolute error of outputs, in percent of their targets.</summary>
    public static Metric MeanAbsolutePercentageError() => new Metric.MeanAbsolutePercentageError();
}
