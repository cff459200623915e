using System.Security.Cryptography;
using System.Text.Json;

namespace Neptune.ModelGraph;

/// <summary>
/// Graphs as JSON. Equal graphs give equal bytes, so that a hash names a graph. Reading is strict: unknown fields, other
/// versions, too much nesting and invalid graphs are errors.
/// </summary>
public static class GraphJson
{
    /// <summary>The version that is written, and the greatest that is read.</summary>
    public const int FormatVersion = 1;

    /// <summary>Longer JSON is refused.</summary>
    public const int MaximumBytes = 64 * 1024 * 1024;

    /// <summary>Deeper nesting is refused.</summary>
    public const int MaximumDepth = 16;

    /// <summary>The graph as UTF-8 JSON.</summary>
    public static byte[] Write(Graph graph) => Write("graph", json => GraphPart.Write(json, "graph", graph));

    /// <summary>The training graph as UTF-8 JSON.</summary>
    public static byte[] Write(TrainingGraph training) =>
        Write(
            "training",
            json =>
            {
                GraphPart.Write(json, "graph", training.Graph);
                TrainingPart.Write(json, training);
            }
        );

    /// <summary>The inference graph as UTF-8 JSON.</summary>
    public static byte[] Write(InferenceGraph inference) =>
        Write(
            "inference",
            json =>
            {
                GraphPart.Write(json, "graph", inference.Graph);
                json.WriteReal("inputScale", inference.InputScale);
                json.WriteTexts("labels", inference.Labels);
                json.WriteBoolean("outputIsLogits", inference.OutputIsLogits);
            }
        );

    /// <summary>Reads and checks a graph.</summary>
    /// <exception cref="GraphException">The JSON or the graph is not valid; the message names the place.</exception>
    public static Graph ReadGraph(ReadOnlyMemory<byte> json) =>
        Read(
            json,
            "graph",
            input =>
            {
                input.RequireFields("formatVersion", "kind", "graph");
                var graph = GraphPart.Read(input["graph"]);
                GraphValidation.Check(graph);
                return graph;
            }
        );

    /// <summary>Reads and checks a training graph.</summary>
    /// <exception cref="GraphException">The JSON or the graph is not valid; the message names the place.</exception>
    public static TrainingGraph ReadTraining(ReadOnlyMemory<byte> json) =>
        Read(
            json,
            "training",
            input =>
            {
                input.RequireFields("formatVersion", "kind", "graph", "loss", "optimizer", "metrics", "updates");
                var training = TrainingPart.Read(input, GraphPart.Read(input["graph"]));
                TrainingGraphValidation.Check(training);
                return training;
            }
        );

    /// <summary>Reads and checks an inference graph.</summary>
    /// <exception cref="GraphException">The JSON or the graph is not valid; the message names the place.</exception>
    public static InferenceGraph ReadInference(ReadOnlyMemory<byte> json) =>
        Read(
            json,
            "inference",
            input =>
            {
                input.RequireFields("formatVersion", "kind", "graph", "inputScale", "labels", "outputIsLogits");
                var inference = new InferenceGraph
                {
                    Graph = GraphPart.Read(input["graph"]),
                    InputScale = input["inputScale"].Single(),
                    Labels = input["labels"].Array(label => label.Text()),
                    OutputIsLogits = input["outputIsLogits"].Boolean(),
                };
                GraphValidation.Check(inference.Graph);
                return inference;
            }
        );

    /// <summary>The SHA-256 of the graph's JSON, in lower-case hex.</summary>
    public static string Sha256(Graph graph) => Hash(Write(graph));

    /// <summary>The SHA-256 of the training graph's JSON, in lower-case hex: <see cref="Lineage.GraphSha256"/>.</summary>
    public static string Sha256(TrainingGraph training) => Hash(Write(training));

    /// <summary>The SHA-256 of the inference graph's JSON, in lower-case hex.</summary>
    public static string Sha256(InferenceGraph inference) => Hash(Write(inference));

    private static string Hash(byte[] json) => Convert.ToHexStringLower(SHA256.HashData(json));

    private static byte[] Write(string kind, Action<Utf8JsonWriter> write) =>
        JsonOutput.Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("formatVersion", FormatVersion);
            json.WriteString("kind", kind);
            write(json);
            json.WriteEndObject();
        });

    private static T Read<T>(ReadOnlyMemory<byte> json, string kind, Func<JsonInput, T> read) =>
        JsonInput.Read(
            json,
            MaximumBytes,
            MaximumDepth,
            input =>
            {
                var version = input["formatVersion"].Int64();
                if (version is < 1 or > FormatVersion)
                {
                    throw input["formatVersion"]
                        .Error(
                            $"is {version}, and this Neptune reads versions 1 to {FormatVersion}. "
                                + "Read it with the Neptune that wrote it, or a later one."
                        );
                }
                var found = input["kind"].Text();
                return found == kind
                    ? read(input)
                    : throw input["kind"].Error($"is {found}, and a {kind} graph is wanted.");
            }
        );
}
