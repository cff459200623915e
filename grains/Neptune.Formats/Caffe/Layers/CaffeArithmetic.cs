namespace Neptune.Formats;

/// <summary>Powers, exponentials and logarithms of elements, and elements of several blobs taken together.</summary>
internal static class CaffeArithmetic
{
    /// <summary>The layers.</summary>
    public static CaffeLayerDefinition[] All =>
        [
            new("Eltwise", "", "operation (PROD, SUM, MAX), coeff")
            {
                Import = Eltwise,
                Message = "eltwise_param",
                Ignored = ["stable_prod_grad"],
                Bottoms = (2, int.MaxValue),
            },
            new("Exp", "", "base, scale, shift") { Import = Exp, Message = "exp_param" },
            new("Log", "", "base, scale, shift") { Import = Log, Message = "log_param" },
            new("Power", "", "power, scale, shift") { Import = Power, Message = "power_param" },
        ];

    private static void Eltwise(CaffeScope scope)
    {
        var (operation, coefficients) = (scope.Settings.Text("operation"), scope.Settings.Reals("coeff"));
        for (var i = 1; i < scope.Bottoms; i++)
        {
            if (!scope.ShapeOf(i).MayEqual(scope.ShapeOf()))
            {
                throw scope.Error(
                    $"it reads blobs of the shapes {scope.ShapeOf()} and {scope.ShapeOf(i)}, which must be equal."
                );
            }
        }
        if (coefficients.Length > 0 && (operation != "SUM" || coefficients.Length != scope.Bottoms))
        {
            throw scope.Error(
                $"it has {coefficients.Length} coeff for {scope.Bottoms} blobs and the operation {operation}. Only SUM takes them, one for each blob."
            );
        }
        string[] terms =
        [
            .. Enumerable
                .Range(0, scope.Bottoms)
                .Select(i =>
                    coefficients.Length == 0 || coefficients[i] == 1
                        ? scope.Input(i)
                        : Times(scope, $"term_{i}", scope.Input(i), coefficients[i])
                ),
        ];
        switch (operation)
        {
            case "PROD":
                var product = terms[0];
                for (var i = 1; i < terms.Length - 1; i++)
                {
                    product = scope.Append($"product_{i}", "Mul", [product, terms[i]]);
                }
                scope.Finish("Mul", [product, terms[^1]]);
                break;
            case "MAX":
                scope.Finish("Max", [.. terms]);
                break;
            default:
                scope.Finish(terms.Length == 2 ? "Add" : "Sum", [.. terms]);
                break;
        }
    }

    private static void Power(CaffeScope scope)
    {
        var power = scope.Settings.Real("power");
        var inner = Shifted(scope, scope.Input(), scope.Settings.Real("scale"), scope.Settings.Real("shift"));
        if (power == 1)
        {
            scope.Finish("Identity", [inner]);
        }
        else
        {
            scope.Finish("Pow", [inner, scope.Number("power", power)]);
        }
    }

    // base^(shift + scale x) = base^shift exp(ln(base) scale x).
    private static void Exp(CaffeScope scope)
    {
        var (logarithm, shift) = (LogarithmOfBase(scope), scope.Settings.Real("shift"));
        var inner = Times(scope, "scaled", scope.Input(), (float)(logarithm * scope.Settings.Real("scale")));
        var outer = (float)Math.Exp(logarithm * shift);
        if (outer == 1)
        {
            scope.Finish("Exp", [inner]);
        }
        else
        {
            scope.Finish("Mul", [scope.Append("exp", "Exp", [inner]), scope.Number("factor", outer)]);
        }
    }

    private static void Log(CaffeScope scope)
    {
        var factor = (float)(1 / LogarithmOfBase(scope));
        var inner = Shifted(scope, scope.Input(), scope.Settings.Real("scale"), scope.Settings.Real("shift"));
        if (factor == 1)
        {
            scope.Finish("Log", [inner]);
        }
        else
        {
            scope.Finish("Mul", [scope.Append("log", "Log", [inner]), scope.Number("factor", factor)]);
        }
    }

    // -1 stands for e.
    private static double LogarithmOfBase(CaffeScope scope)
    {
        var number = scope.Settings.Real("base");
        return number == -1 ? 1
            : number > 0 && number != 1 && float.IsFinite(number) ? Math.Log(number)
            : throw scope.Error($"base is {number}, and must be greater than 0 and not 1, or -1 for e.");
    }

    private static string Shifted(CaffeScope scope, string value, float scale, float shift)
    {
        var scaled = Times(scope, "scaled", value, scale);
        return shift == 0 ? scaled : scope.Append("shifted", "Add", [scaled, scope.Number("shift", shift)]);
    }

    private static string Times(CaffeScope scope, string suffix, string value, float factor) =>
        factor == 1 ? value : scope.Append(suffix, "Mul", [value, scope.Number($"{suffix}.factor", factor)]);
}
