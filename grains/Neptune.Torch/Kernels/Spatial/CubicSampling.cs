using TorchSharp;

namespace Neptune.Torch;

// N samples, C channels, H height, W width, P places of a sample

/// <summary>
/// Images read between elements by cubic convolution (Keys, 1981, a = -0.75) of the 4x4 elements around.
/// </summary>
internal static class CubicSampling
{
    private const double A = -0.75;

    public static torch.Tensor Of(torch.Tensor x_NCHW, torch.Tensor grid, string padding, bool alignsCorners)
    {
        var (x_NP, y_NP) = (grid.select(-1, 0).flatten(1), grid.select(-1, 1).flatten(1));
        var columns = Axis.Of(x_NP, x_NCHW.size(3), padding, alignsCorners);
        var rows = Axis.Of(y_NP, x_NCHW.size(2), padding, alignsCorners);
        var elements_NCL = x_NCHW.flatten(2);
        torch.Tensor? sum = null;
        foreach (var row in rows)
        {
            foreach (var column in columns)
            {
                var places = row.Place.mul(x_NCHW.size(3)).add(column.Place).unsqueeze(1);
                var read = elements_NCL.gather(2, places.expand(-1, x_NCHW.size(1), -1));
                var part = read.mul(row.Weight.mul(column.Weight).unsqueeze(1));
                sum = sum is null ? part : sum.add(part);
            }
        }
        return sum!.reshape(x_NCHW.size(0), x_NCHW.size(1), grid.size(1), grid.size(2));
    }

    /// <summary>One of four elements along an axis, and how much it counts.</summary>
    private readonly record struct Axis(torch.Tensor Place, torch.Tensor Weight)
    {
        public static Axis[] Of(torch.Tensor at, long length, string padding, bool alignsCorners)
        {
            var place = alignsCorners ? at.add(1).mul((length - 1) / 2.0) : at.add(1).mul(length).sub(1).div(2);
            var floor = place.detach().floor();
            return
            [
                .. Enumerable
                    .Range(-1, 4)
                    .Select(offset =>
                        Tap(floor.add(offset), place.sub(floor).sub(offset).abs(), length, padding, alignsCorners)
                    ),
            ];
        }

        private static Axis Tap(torch.Tensor place, torch.Tensor distance, long length, string padding, bool aligns)
        {
            var near = distance.mul(A + 2).sub(A + 3).mul(distance).mul(distance).add(1);
            var far = distance.sub(5).mul(distance).add(8).mul(distance).sub(4).mul(A);
            var weight = torch.where(distance.le(1), near, far);
            if (padding == "zeros")
            {
                var outside = place.lt(0).logical_or(place.gt(length - 1));
                weight = weight.masked_fill(outside, 0);
            }
            var inside = padding == "reflection" ? Reflected(place, length, aligns) : place;
            return new(inside.clamp(0, length - 1).to_type(torch.ScalarType.Int64), weight);
        }

        // Mirrored at the outer elements, or half an element outside of them.
        private static torch.Tensor Reflected(torch.Tensor place, long length, bool aligns)
        {
            var (low, span) = aligns ? (0.0, length - 1.0) : (-0.5, length);
            if (span == 0)
            {
                return torch.zeros_like(place);
            }
            var from = place.sub(low).abs();
            var rest = from.remainder(span);
            var isOdd = from.div(span).floor().remainder(2).eq(1);
            return torch.where(isOdd, rest.neg().add(span), rest).add(low);
        }
    }
}
