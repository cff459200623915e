using Neptune.ModelGraph;

namespace Neptune.Formats.Tests;

public sealed class UnsupportedOperatorsTests
{
    [Fact]
    public void Given_several_operators_when_refused_then_all_are_listed()
    {
        var error = new UnsupportedOperatorsException("model.onnx", ["Loop (in loop_1)", "Scan (in scan_2, scan_3)"]);
        Assert.Contains("model.onnx uses 2 operators that are not supported", error.Message, StringComparison.Ordinal);
        Assert.All(error.Problems, problem => Assert.Contains(problem, error.Message, StringComparison.Ordinal));
        Assert.IsAssignableFrom<PackageException>(error);
    }
}
