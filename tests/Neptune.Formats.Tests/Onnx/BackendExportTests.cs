using Neptune.ModelGraph;
using Neptune.Torch;

namespace Neptune.Formats.Tests;

/// <summary>Every model of the standard's tests that is imported is exported, and ONNX Runtime computes with it what Neptune computes.</summary>
[Collection(nameof(StandardsTests))]
public sealed class BackendExportTests
{
    // Where ONNX Runtime gives something else than the standard's own outputs, which Neptune gives (see BackendTests): the order of
    // softcap, mask and bias; a norm of zero; a reduction of corners; the place of maxima in a larger output.
    private static readonly string[] OtherThere =
    [
        "node/test_attention_3d_with_past_and_present_qk_matmul_bias",
        "node/test_attention_3d_with_past_and_present_qk_matmul_softcap",
        "node/test_attention_4d_diff_heads_mask4d_padded_kv",
        "node/test_attention_4d_with_past_and_present_qk_matmul_bias",
        "node/test_attention_4d_with_past_and_present_qk_matmul_bias_3d_mask",
        "node/test_attention_4d_with_past_and_present_qk_matmul_bias_3d_mask_causal",
        "node/test_attention_4d_with_past_and_present_qk_matmul_bias_4d_mask",
        "node/test_attention_4d_with_past_and_present_qk_matmul_bias_4d_mask_causal",
        "node/test_attention_4d_with_qk_matmul_bias",
        "node/test_attention_4d_with_qk_matmul_softcap",
        "node/test_l2normalization_axis_0",
        "node/test_maxunpool_export_with_output_shape",
        "node/test_resize_downsample_scales_cubic_align_corners",
        "node/test_resize_downsample_scales_linear_align_corners",
    ];

    [Fact]
    public async Task Given_the_standards_models_when_exported_then_ONNX_Runtime_gives_what_Neptune_gives()
    {
        var archive = SharedFiles.Path("onnx-node-tests", "onnx-1.20.0-backend-tests.tar.gz");
        await using var device = await TorchDevice.StartAsync("cpu:0");
        var exports = await device.RunAsync(
            () => BackendTest.ReadAll(archive).Select(test => test.Export(device)).OfType<BackendExport>().ToArray(),
            TestContext.Current.CancellationToken
        );
        if (Environment.GetEnvironmentVariable("NEPTUNE_ONNX_RESULTS") is { Length: > 0 } file)
        {
            await File.WriteAllLinesAsync(
                $"{file}.exports",
                exports.Select(e =>
                    $"{(e.Difference is not null ? "Different" : e.Refusal is not null ? "Refused" : "Equal")} {e.Name} "
                    + $"{string.Join('+', e.Types)} {(e.Difference ?? e.Refusal)?.ReplaceLineEndings(" ")}"
                ),
                TestContext.Current.CancellationToken
            );
        }
        var different = exports.Where(e => e.Difference is not null && !OtherThere.Contains(e.Name));
        Assert.Equal([], different.Select(e => $"{e.Name}: {e.Difference}"));
        var seen = exports
            .Where(e => e.Refusal is null)
            .SelectMany(e => e.Types)
            .Concat(ExportedGraphs.All.Values.SelectMany(g => g.Operations).Select(o => o.Type)) // OnnxExporterRunsTests
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], OperationRegistry.Types.Where(OperationRegistry.IsOnnx).Where(type => !seen.Contains(type)));
    }
}
