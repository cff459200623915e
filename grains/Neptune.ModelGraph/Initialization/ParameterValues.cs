namespace Neptune.ModelGraph;

/// <summary>Draws a parameter's first values.</summary>
public static class ParameterValues
{
    /// <summary>Fills <paramref name="values"/> (C order) from the parameter's initializer, its name and the seed.</summary>
    /// <exception cref="GraphException">A user's module draws them: only where it runs.</exception>
    public static void Fill(Parameter parameter, ulong seed, Span<float> values)
    {
        var random = new KeyedRandom(KeyedRandom.Key(seed, $"initializer:{parameter.Name}"));
        switch (parameter.Initializer)
        {
            case Initializer.Constant constant:
                values.Fill(constant.Value);
                break;
            case Initializer.GlorotUniform glorot:
                FillUniform(ref random, values, Math.Sqrt(6.0 / (glorot.FanIn + glorot.FanOut)));
                break;
            case Initializer.HeUniform he:
                FillUniform(ref random, values, Math.Sqrt(6.0 / he.FanIn));
                break;
            case Initializer.HeNormal he:
                FillNormal(ref random, values, 0, Math.Sqrt(2.0 / he.FanIn));
                break;
            case Initializer.Uniform uniform:
                foreach (ref var value in values)
                {
                    value = (float)(uniform.Low + (random.NextDouble() * ((double)uniform.High - uniform.Low)));
                }
                break;
            case Initializer.Normal normal:
                FillNormal(ref random, values, normal.Mean, normal.Deviation);
                break;
            case Initializer.OfModule:
                throw new GraphException(
                    $"The first values of {parameter.Name} are drawn by a user's module, where it runs. Give weights instead."
                );
            default:
                throw new System.Diagnostics.UnreachableException($"No values for {parameter.Initializer}.");
        }
    }

    private static void FillUniform(ref KeyedRandom random, Span<float> values, double limit)
    {
        foreach (ref var value in values)
        {
            value = (float)(((random.NextDouble() * 2) - 1) * limit);
        }
    }

    // Marsaglia's polar method: only +, *, / and sqrt, which IEEE 754 rounds alike everywhere, and our own logarithm.
    private static void FillNormal(ref KeyedRandom random, Span<float> values, double mean, double deviation)
    {
        for (var i = 0; i < values.Length; i += 2)
        {
            double x,
                y,
                square;
            do
            {
                x = (random.NextDouble() * 2) - 1;
                y = (random.NextDouble() * 2) - 1;
                square = (x * x) + (y * y);
            } while (square is >= 1 or 0);
            var factor = Math.Sqrt(-2 * PortableMath.Log(square) / square) * deviation;
            values[i] = (float)(mean + (x * factor));
            if (i + 1 < values.Length)
            {
                values[i + 1] = (float)(mean + (y * factor));
            }
        }
    }
}
