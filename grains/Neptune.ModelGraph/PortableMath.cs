namespace Neptune.ModelGraph;

/// <summary>
/// Functions of which System.Math asks the C library, whose last bit differs between versions: here of additions,
/// multiplications and divisions alone, which IEEE 754 rounds alike everywhere. Right to some 1e-15 of the value.
/// </summary>
public static class PortableMath
{
    private const double Ln2 = 0.69314718055994530942;

    // ln 2 in two parts, so that k times the first is exact.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>The natural logarithm of a normal number above 0: ln(m 2^e) = e ln 2 + 2 artanh((m - 1) / (m + 1)).</summary>
    public static double Log(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFFL) | (1023L << 52));
        var z = (mantissa - 1) / (mantissa + 1);
        var square = z * z;
        var sum = 0.0;
        for (var k = 41; k >= 1; k -= 2)
        {
            sum = (sum * square) + (1.0 / k);
        }
        return (exponent * Ln2) + (2 * z * sum);
    }

    /// <summary>e^x: 2^k times the series of what is left of x without k ln 2.</summary>
    public static double Exp(double x)
    {
        if (x is > 709 or < -745)
        {
            return x > 0 ? double.PositiveInfinity : 0;
        }
        var k = Math.Floor((x / Ln2) + 0.5);
        var rest = x - (k * Ln2High) - (k * Ln2Low);
        var sum = 1.0;
        for (var n = 18; n >= 1; n--)
        {
            sum = 1 + (rest / n * sum);
        }
        return Math.ScaleB(sum, (int)k);
    }

    /// <summary>A positive number to any power.</summary>
    public static double Pow(double value, double exponent) =>
        value == 1 || exponent == 0 ? 1 : Exp(exponent * Log(value));

    /// <summary>A number to a whole power from 0, by squaring.</summary>
    public static double Pow(double value, long exponent)
    {
        var result = 1.0;
        for (var square = value; exponent > 0; exponent >>= 1, square *= square)
        {
            result *= (exponent & 1) == 1 ? square : 1;
        }
        return result;
    }

    /// <summary>The cosine of pi times a number in 0..1.</summary>
    public static double CosPi(double share)
    {
        if (share > 0.5)
        {
            return -CosPi(1 - share);
        }
        var square = Math.PI * Math.PI * share * share;
        var sum = 1.0;
        for (var n = 22; n >= 2; n -= 2)
        {
            sum = 1 - (square / (n * (n - 1)) * sum);
        }
        return sum;
    }
}
