namespace Neptune.ModelGraph;

// Sequences are samples of (steps, features).
public static partial class Layers
{
    /// <summary>Long short-term memory (Hochreiter and Schmidhuber, 1997) over a sequence.</summary>
    /// <param name="units">Outputs, from 1.</param>
    /// <param name="returnSequences">True gives the output of every step, false that of the last.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer LSTM(int units, bool returnSequences = false, string? name = null) =>
        new RecurrentLayer(true, units, returnSequences, name);

    /// <summary>
    /// Gated recurrent units (Cho et al., 2014) over a sequence; the reset gate acts on the state's product.
    /// </summary>
    /// <param name="units">Outputs, from 1.</param>
    /// <param name="returnSequences">True gives the output of every step, false that of the last.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer GRU(int units, bool returnSequences = false, string? name = null) =>
        new RecurrentLayer(false, units, returnSequences, name);

    /// <summary>A trained row of features for each class number: samples of (steps,) become (steps, width).</summary>
    /// <param name="classes">How many there are; numbers go from 0 to one less.</param>
    /// <param name="width">Features of each, from 1.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer Embedding(int classes, int width, string? name = null) =>
        new EmbeddingLayer(classes, width, name);

    /// <summary>Adds a trained row of features to each step, so that attention can tell steps apart.</summary>
    public static Layer PositionEmbedding(string? name = null) => new PositionEmbeddingLayer(name);

    /// <summary>Self-attention (Vaswani et al., 2017): every step of a sequence sees all of them.</summary>
    /// <param name="heads">How many look side by side, from 1.</param>
    /// <param name="headWidth">Features of each; null shares the input's among the heads.</param>
    /// <param name="name">A name; null for a numbered one.</param>
    public static Layer MultiHeadAttention(int heads, int? headWidth = null, string? name = null) =>
        new MultiHeadAttentionLayer(heads, headWidth, name);

    /// <summary>The mean over all steps: a sequence (steps, features) becomes features (features,).</summary>
    public static Layer GlobalAveragePooling1D(string? name = null) => new GlobalAveragePooling1DLayer(name);
}
