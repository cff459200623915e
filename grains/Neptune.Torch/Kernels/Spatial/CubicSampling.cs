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
                var places = row.Place.mul(Scalars.Of(x_NCHW.size(3))).add(column.Place, Scalars.One).unsqueeze(1);
                var read = elements_NCL.gather(2, places.expand(-1, x_NCHW.size(1), -1));
                var part = read.mul(row.Weight.mul(column.Weight).unsqueeze(1));
                sum = sum is null ? part : sum.add(part, Scalars.One);
            }
        }
        return sum!.reshape(x_NCHW.size(0), x_NCHW.size(1), grid.size(1), grid.size(2));
    }

    /// <summary>One of four elements along an axis, and how much it counts.</summary>
    private readonly record struct Axis(torch.Tensor Place, torch.Tensor Weight)
    {
        public static Axis[] Of(torch.Tensor at, long length, string padding, bool alignsCorners)
        {
            var place = alignsCorners
                ? at.add(Scalars.One, Scalars.One).mul(Scalars.Of((length - 1) / 2.0))
                : at.add(Scalars.One, Scalars.One).mul(Scalars.Of(length)).sub(Scalars.One).div(Scalars.Of(2));
            var floor = place.detach().floor();
            return
            [
                .. Enumerable
                    .Range(-1, 4)
                    .Select(offset =>
                        Tap(
                            floor.add(Scalars.Of(offset), Scalars.One),
                            place.sub(floor).sub(Scalars.Of(offset)).abs(),
                            length,
                            padding,
                            alignsCorners
                        )
                    ),
            ];
        }

        private static Axis Tap(torch.Tensor place, torch.Tensor distance, long length, string padding, bool aligns)
        {
            var near = distance
                .mul(Scalars.Of(A + 2))
                .sub(Scalars.Of(A + 3))
                .mul(distance)
                .mul(distance)
                .add(Scalars.One, Scalars.One);
            var far = distance
                .sub(Scalars.Of(5))
                .mul(distance)
                .add(Scalars.Of(8), Scalars.One)
                .mul(distance)
                .sub(Scalars.Of(4))
                .mul(Scalars.Of(A));
            var weight = torch.where(distance.le(Scalars.One), near, far);
            if (padding == "zeros")
            {
                var outside = place.lt(Scalars.Of(0)).logical_or(place.gt(Scalars.Of(length - 1)));
                weight = weight.masked_fill(outside, Scalars.Of(0));
            }
            var inside = padding == "reflection" ? Reflected(place, length, aligns) : place;
            return new(inside.clamp(Scalars.Of(0), Scalars.Of(length - 1)).to_type(torch.ScalarType.Int64), weight);
        }

        // Mirrored at the outer elements, or half an element outside of them.
        private static torch.Tensor Reflected(torch.Tensor place, long length, bool aligns)
        {
            var (low, span) = aligns ? (0.0, length - 1.0) : (-0.5, length);
            if (span == 0)
            {
                return torch.zeros_like(place);
            }
            var from = place.sub(Scalars.Of(low)).abs();
            var rest = from.remainder(Scalars.Of(span));
            var isOdd = from.div(Scalars.Of(span)).floor().remainder(Scalars.Of(2)).eq(Scalars.One);
            return torch
                .where(isOdd, rest.neg().add(Scalars.Of(span), Scalars.One), rest)
                .add(Scalars.Of(low), Scalars.One);
        }
    }
}
