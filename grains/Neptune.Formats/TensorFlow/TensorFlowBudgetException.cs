namespace Neptune.Formats;

/// <summary>Loops and lists ask for more nodes than an import makes; the loop that is outermost names itself.</summary>
internal sealed class TensorFlowBudgetException()
    : Exception($"its loops and lists have more than {TensorFlowBudget.Most} nodes when they are unrolled");
