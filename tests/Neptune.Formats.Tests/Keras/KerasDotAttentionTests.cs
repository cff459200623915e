using System.Runtime.InteropServices;
using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

/// <summary>Attention without projections, and lengths of vectors, against loops.</summary>
public sealed class KerasDotAttentionTests(OneDevice device) : IClassFixture<OneDevice>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("neptune-tfjs-").FullName;

    private const double Tolerance = 1e-5;
    private const int Asked = 3;
    private const int Seen = 5;
    private const int Features = 4;

    [Theory]
    [InlineData("Attention", "", false, 0, 0)]
    [InlineData("Attention", """ , "use_scale": true """, false, 1, 0)]
    [InlineData("Attention", """ , "score_mode": "concat", "use_scale": true """, true, 1, 1)]
    [InlineData("AdditiveAttention", "", true, Features, 0)]
    [InlineData("AdditiveAttention", """ , "use_scale": false """, true, 0, 0)]
    public async Task Given_sequences_when_attended_to_then_each_step_is_a_mean_by_its_scores(
        string type,
        string config,
        bool isSum,
        int scales,
        int weights
    )
    {
        var scale = Enumerable.Range(1, Math.Max(1, scales)).Select(i => scales == 0 ? 1 : i * 0.4f).ToArray();
        const float weight = 1.7f;
        var json = KerasText
            .File(
                $$$"""
                {"class_name": "Functional", "config": {"name": "m", "layers": [
                    {"class_name": "InputLayer", "name": "q", "config": {"batch_input_shape": [null, {{{Asked}}}, {{{Features}}}], "name": "q"}, "inbound_nodes": []},
                    {"class_name": "InputLayer", "name": "v", "config": {"batch_input_shape": [null, {{{Seen}}}, {{{Features}}}], "name": "v"}, "inbound_nodes": []},
                    {"class_name": "{{{type}}}", "name": "a", "config": {"name": "a" {{{config}}}}, "inbound_nodes": [[["q", 0, 0, {}], ["v", 0, 0, {}]]]}],
                  "input_layers": [["q", 0, 0], ["v", 0, 0]], "output_layers": [["a", 0, 0]]}}
                """
            )
            .WithWeights(GroupOf(scale[..scales], [.. Enumerable.Repeat(weight, weights)]));
        var model = KerasText.ImportFrom(_folder, json);
        var (query, value) = (Sequence(Asked, 1), Sequence(Seen, 2));
        await device.Run(() =>
        {
            var result = KerasRunner.Run(device.Device, model, query, value)[0];
            for (var t = 0; t < Asked; t++)
            {
                var scores = Enumerable.Range(0, Seen).Select(s => Math.Exp(Score(t, s))).ToArray();
                for (var f = 0; f < Features; f++)
                {
                    var expected = scores.Select((e, s) => e * At(value, s, f)).Sum() / scores.Sum();
                    Assert.Equal(expected, result.Floats[(t * Features) + f], Tolerance);
                }
            }
        });

        double Score(int t, int s)
        {
            var features = Enumerable.Range(0, Features);
            return !isSum ? scale[0] * features.Sum(f => At(query, t, f) * At(value, s, f))
                : type == "Attention"
                    ? weight * features.Sum(f => Math.Tanh(scale[0] * (At(query, t, f) + At(value, s, f))))
                : features.Sum(f => scale[f % scale.Length] * Math.Tanh(At(query, t, f) + At(value, s, f)));
        }
    }

    [Fact]
    public async Task Given_vectors_when_normalized_to_units_then_their_length_is_one_but_for_nothing()
    {
        var model = KerasText.ImportChain("[null, 3]", ("UnitNormalization", ""));
        await device.Run(() =>
        {
            var result = KerasRunner.Run(device.Device, model, TensorValue.Of(Shape.Of(2, 3), [3, 0, 4, 0, 0, 0]))[0];
            Assert.Equal([0.6f, 0, 0.8f, 0, 0, 0], result.Floats.ToArray());
        });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string GroupOf(float[] scale, float[] weight)
    {
        var entries = new List<string>();
        if (scale.Length > 0)
        {
            var shape = scale.Length == 1 ? "[]" : $"[{scale.Length}]";
            entries.Add($$"""{"name": "a/scale", "shape": {{shape}}, "dtype": "float32"}""");
        }
        if (weight.Length > 0)
        {
            entries.Add("""{"name": "a/concat_score_weight", "shape": [], "dtype": "float32"}""");
        }
        File.WriteAllBytes(
            Path.Combine(_folder, "w.bin"),
            MemoryMarshal.AsBytes<float>([.. scale, .. weight]).ToArray()
        );
        return $$"""{"paths": ["w.bin"], "weights": [{{string.Join(", ", entries)}}]}""";
    }

    private static double At(TensorValue sequence, int step, int feature) =>
        sequence.Floats[(step * Features) + feature];

    private static TensorValue Sequence(int steps, int seed) =>
        TensorValue.Of(
            Shape.Of(1, steps, Features),
            [.. Enumerable.Range(0, steps * Features).Select(i => MathF.Sin((seed * 10) + i))]
        );
}
