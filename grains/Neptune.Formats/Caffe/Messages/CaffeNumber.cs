using System.Globalization;

namespace Neptune.Formats;

/// <summary>Numbers in texts: decimal, hexadecimal, octal; real ones with an exponent, a suffix f, inf and nan.</summary>
internal static class CaffeNumber
{
    /// <summary>The word as a whole number of 64 bits; null where it is none.</summary>
    public static long? Whole(CaffeToken token)
    {
        if (token.Kind != CaffeTokenKind.Number)
        {
            return null;
        }
        var (sign, digits) = Split(token.Text);
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return
                long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)
                && hex >= 0
                ? sign * hex
                : null;
        }
        if (digits is ['0', _, ..])
        {
            return Octal(digits) is { } octal ? sign * octal : null;
        }
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? sign * number
            : null;
    }

    /// <summary>The word as a float32, boxed; null where it is none.</summary>
    public static object? Real(CaffeToken token)
    {
        if (token.Kind is not (CaffeTokenKind.Number or CaffeTokenKind.Name))
        {
            return null;
        }
        var (sign, digits) = Split(token.Text);
        var word = digits.ToLowerInvariant();
        if (word is "inf" or "infinity" or "nan")
        {
            return word == "nan" ? float.NaN : sign * float.PositiveInfinity;
        }
        if (token.Kind == CaffeTokenKind.Name)
        {
            return null;
        }
        if (word.StartsWith("0x", StringComparison.Ordinal))
        {
            return Whole(token) is { } whole ? (float)whole : null;
        }
        return double.TryParse(word.TrimEnd('f'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (float)(sign * number)
            : null;
    }

    private static (int Sign, string Digits) Split(string text) =>
        text[0] == '-' ? (-1, text[1..]) : (1, text[0] == '+' ? text[1..] : text);

    private static long? Octal(string digits)
    {
        var value = 0L;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || value >> 60 != 0)
            {
                return null;
            }
            value = (value * 8) + (digit - '0');
        }
        return value;
    }
}
