using System.Collections.Immutable;
using Neptune.ModelGraph;

namespace Neptune.Formats;

/// <summary>
/// Follows the code of a TorchScript model with its input as an unknown, and so finds the operations on it. Only the known
/// operators have a meaning; nothing is run.
/// </summary>
internal sealed class ScriptRunner
{
    // Calls within calls, and expressions in them: PyTorch's modules are nested a few dozen deep at most.
    private const int MaximumDepth = 400;
    private const long MaximumSteps = 5_000_000;

    private readonly string _file;
    private readonly ScriptLibrary _library;
    private readonly ScriptGraph _graph;
    private readonly long _maximumSteps;
    private readonly Dictionary<string, SortedSet<string>> _problems = new(StringComparer.Ordinal);
    private long _steps;
    private int _depth;

    /// <param name="file">The file, whose length bounds how far its code is followed.</param>
    /// <param name="graph">Receives the operations.</param>
    public ScriptRunner(TorchZipFile file, ScriptGraph graph)
    {
        (_file, _graph, _library) = (file.Name, graph, new(file));
        _maximumSteps = Math.Min(MaximumSteps, 20_000 + (file.Length / 4));
    }

    /// <summary>Every operator that is not supported, with where it is used and why; empty where all are.</summary>
    public ImmutableArray<string> Problems =>
        [
            .. _problems
                .OrderBy(problem => problem.Key, StringComparer.Ordinal)
                .Select(problem => $"{problem.Key} (in {NameList.Of(problem.Value)})"),
        ];

    /// <summary>The tensors that the model's forward takes: all parameters but the module itself.</summary>
    public ImmutableArray<string> InputsOf(ScriptModule model) =>
        [.. Forward(model).Parameters.Skip(1).Where(p => p.Default is null).Select(p => p.Name)];

    /// <summary>What the model's forward gives for the inputs.</summary>
    public object? Run(ScriptModule model, IEnumerable<ScriptTensor> inputs) =>
        Invoke(Forward(model), model.Path, [model, .. inputs], []);

    private ScriptFunction Forward(ScriptModule model) =>
        _library.Class(model.Object.ClassName).Methods.GetValueOrDefault("forward")
        ?? throw new ModelFileException($"{_file}: class {model.Object.ClassName} has no forward.");

    private object? Invoke(
        ScriptFunction function,
        string path,
        ImmutableArray<object?> arguments,
        ImmutableDictionary<string, object?> named
    )
    {
        var locals = new Dictionary<string, object?>(StringComparer.Ordinal);
        var frame = new Frame(function, path, locals);
        if (arguments.Length > function.Parameters.Length)
        {
            throw Error(frame, 0, $"{function.Name} is called with {arguments.Length} arguments.");
        }
        for (var i = 0; i < function.Parameters.Length; i++)
        {
            var (name, otherwise) = function.Parameters[i];
            locals[name] =
                i < arguments.Length ? arguments[i]
                : named.TryGetValue(name, out var value) ? value
                : otherwise is not null ? Evaluate(otherwise, frame)
                // A branch of a traced model that is not used is called without its input.
                : ScriptSymbol.Unknown;
        }
        return Execute(function.Body, frame).Answer;
    }

    // The answer, where a return was reached.
    private (bool Returned, object? Answer) Execute(ImmutableArray<ScriptStatement> body, Frame frame)
    {
        Enter(frame);
        (bool Returned, object? Answer) result = (false, null);
        for (var i = 0; i < body.Length && !result.Returned; i++)
        {
            frame.Line = body[i].Line;
            switch (body[i])
            {
                case ScriptStatement.Return returned:
                    result = (true, Evaluate(returned.Value, frame));
                    break;
                case ScriptStatement.Assign assign:
                    Assign(assign, Evaluate(assign.Value, frame), frame);
                    break;
                case ScriptStatement.If choice:
                    result = Evaluate(choice.Condition, frame) switch
                    {
                        bool isTrue => Execute(isTrue ? choice.Then : choice.Else, frame),
                        var other => (true, GiveUp("if: depends on values of the input", other, frame)),
                    };
                    break;
                case ScriptStatement.Unknown unknown:
                    result = (true, GiveUp($"{unknown.Keyword}: is no part of a graph", null, frame));
                    break;
            }
        }
        _depth--;
        return result;
    }

    // What an unsupported operator led to is no problem of its own.
    private ScriptSymbol GiveUp(string problem, object? cause, Frame frame)
    {
        if (cause != ScriptSymbol.Unknown)
        {
            AddProblem(problem, frame.Path);
        }
        return ScriptSymbol.Unknown;
    }

    private static void Assign(ScriptStatement.Assign assign, object? value, Frame frame)
    {
        if (!assign.Unpacks)
        {
            if (assign.Names is [var name])
            {
                frame.Locals[name] = value;
            }
            return;
        }
        var items = value as List<object?>;
        for (var i = 0; i < assign.Names.Length; i++)
        {
            frame.Locals[assign.Names[i]] = items is not null && i < items.Count ? items[i] : ScriptSymbol.Unknown;
        }
    }

    private object? Evaluate(ScriptExpression expression, Frame frame)
    {
        Enter(frame);
        var value = expression switch
        {
            ScriptExpression.Literal literal => literal.Value,
            ScriptExpression.Name name => frame.Locals.TryGetValue(name.Text, out var local)
                ? local
                : new ScriptName(name.Text),
            ScriptExpression.Items items => items.Values.Select(item => Evaluate(item, frame)).ToList(),
            ScriptExpression.Negative negative => Evaluate(negative.Value, frame) switch
            {
                long whole => unchecked(-whole),
                double real => -real,
                _ => ScriptSymbol.Unknown,
            },
            ScriptExpression.Member member => Member(Evaluate(member.Target, frame), member.Text, frame),
            ScriptExpression.Item item => Item(Evaluate(item.Target, frame), Evaluate(item.Index, frame)),
            ScriptExpression.Call call => Call(call, frame),
            _ => throw new System.Diagnostics.UnreachableException($"No meaning for {expression}."),
        };
        _depth--;
        return value;
    }

    private void Enter(Frame frame)
    {
        if (++_steps > _maximumSteps || ++_depth > MaximumDepth)
        {
            throw Error(frame, frame.Line, "the code calls itself without end, or is far longer than a model's.");
        }
    }

    private static object? Item(object? target, object? index) =>
        target is List<object?> list && index is long place && place < list.Count && place >= -list.Count
            ? list[(int)(place < 0 ? place + list.Count : place)]
            : ScriptSymbol.Unknown;

    private object? Member(object? target, string name, Frame frame) =>
        target switch
        {
            ScriptName qualified when qualified.FullName.Length < GraphValidation.MaximumNameLength => new ScriptName(
                $"{qualified.FullName}.{name}"
            ),
            ScriptModule module => Attribute(module, name, frame),
            ScriptSymbol => ScriptSymbol.Unknown,
            _ => throw Error(frame, frame.Line, $"member {name} is read of a value that has none."),
        };

    private object? Attribute(ScriptModule module, string name, Frame frame)
    {
        var path = module.PathOf(name);
        if (path.Length > GraphValidation.MaximumNameLength)
        {
            throw Error(frame, frame.Line, "a module's path is too long.");
        }
        var code = _library.Class(module.Object.ClassName);
        if (module.Object.State is PickleDict state && state.Has(name))
        {
            return state.TryGet(name, out var value)
                ? value switch
                {
                    PickledTensor tensor => new ScriptParameter(path, tensor, !code.Buffers.Contains(name)),
                    PickleObject child => new ScriptModule(child, path),
                    PickleTuple tuple => new List<object?>(tuple.Items),
                    _ => value,
                }
                : null;
        }
        if (code.Constants.TryGetValue(name, out var constant))
        {
            return Evaluate(constant, frame);
        }
        return code.Methods.TryGetValue(name, out var method)
            ? new ScriptMethod(module, method)
            : throw Error(frame, frame.Line, $"module {module.Path} has no {name}.");
    }

    private object? Call(ScriptExpression.Call call, Frame frame)
    {
        // The first argument of these is a type.
        if (
            call is
            { Target: ScriptExpression.Name { Text: "annotate" or "unchecked_cast" }, Arguments: [_, var typed] }
        )
        {
            return Evaluate(typed, frame);
        }
        var target = Evaluate(call.Target, frame);
        if (target is ScriptName { FullName: "uninitialized" })
        {
            return null;
        }
        ImmutableArray<object?> arguments = [.. call.Arguments.Select(argument => Evaluate(argument, frame))];
        var named = call.Named.IsEmpty
            ? ImmutableDictionary<string, object?>.Empty
            : call
                .Named.DistinctBy(argument => argument.Name)
                .ToImmutableDictionary(argument => argument.Name, argument => Evaluate(argument.Value, frame));
        return target switch
        {
            ScriptMethod method => Invoke(method.Function, method.Target.Path, [method.Target, .. arguments], named),
            ScriptName { FullName: "getattr" } when arguments is [ScriptModule module, string name] => Attribute(
                module,
                name,
                frame
            ),
            ScriptName { FullName: var name } when name.StartsWith("__torch__.", StringComparison.Ordinal) => Invoke(
                _library.Function(name),
                frame.Path,
                arguments,
                named
            ),
            ScriptName { FullName: "ops.prim.RaiseException" } => throw Error(
                frame,
                frame.Line,
                $"the model's own check fails: {(arguments is [string text, ..] ? text : "it says nothing")}."
            ),
            ScriptName { FullName: var name } => Operator(name, new(_graph, frame.Path, arguments, named)),
            ScriptSymbol => ScriptSymbol.Unknown,
            _ => throw Error(frame, frame.Line, "something is called that is no function."),
        };
    }

    private object? Operator(string name, ScriptCall call)
    {
        name = name.StartsWith("ops.aten.", StringComparison.Ordinal) ? $"torch.{name[9..]}" : name;
        var known = ScriptOperators.Find(name);
        try
        {
            if (call.Arguments.Contains(ScriptSymbol.Unknown) || call.Named.ContainsValue(ScriptSymbol.Unknown))
            {
                // What follows from an unsupported operator is no problem of its own, unless it is not known either.
                return known is not null || ScriptScalars.Names.Contains(name)
                    ? ScriptSymbol.Unknown
                    : throw ScriptCall.Unsupported("is not known");
            }
            if (ScriptScalars.TryCompute(name, call, out var value))
            {
                return value;
            }
            return known is not null ? known(call) : throw ScriptCall.Unsupported("is not known");
        }
        catch (ScriptUnsupportedException e)
        {
            AddProblem($"{name}: {e.Message}", call.Path);
            return ScriptSymbol.Unknown;
        }
    }

    private void AddProblem(string problem, string path)
    {
        if (!_problems.TryGetValue(problem, out var places))
        {
            places = new(StringComparer.Ordinal);
            _problems.Add(problem, places);
        }
        places.Add(path.Length == 0 ? "the model's forward" : path);
    }

    private static ModelFileException Error(Frame frame, int line, string problem) =>
        new($"{frame.Function.File}, line {line}, in {frame.Function.Name}: {problem}");

    private sealed record Frame(ScriptFunction Function, string Path, Dictionary<string, object?> Locals)
    {
        public int Line { get; set; }
    }
}
