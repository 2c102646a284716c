// Exceptions by a pending word: a callee that throws leaves the exception in @pride_pending and returns; the caller
// tests it and goes to its handler's dispatch. No unwinder, no tables, the same on every target.
//
// A dispatch tries the clauses of its region in order. A finally runs with the exception put aside and a continuation
// number that says where to go behind it: 0 goes on with the exception, the others are the targets of `leave`.
// Filters run after inner finallys (unlike CoreCLR, whose first pass runs them before).

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Mono.Cecil.Cil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private const string UnwindLabel = "unwind";

    private readonly Dictionary<int, HandlerState> _handlers = [];
    private bool _needsUnwind;

    /// <summary>What one exception clause needs at run time.</summary>
    private sealed class HandlerState
    {
        public required string Label { get; init; }

        /// <summary>Where the exception is kept while the handler runs.</summary>
        public required string ExceptionSlot { get; init; }

        /// <summary>Of a finally: the number of the place to go on.</summary>
        public string? ContinuationSlot { get; set; }

        public List<string> Continuations { get; } = [];

        public bool IsReferenced { get; set; }

        /// <summary>Of a filter in which something may throw: where the exception that it was asked about goes then.</summary>
        public string? AfterFailedFilter { get; set; }

        public bool IsWritten { get; set; }
    }

    private bool ImportException(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Throw:
                ThrowValue(Pop());
                return true;
            case Code.Rethrow:
                Rethrow();
                return true;
            case Code.Leave or Code.Leave_S:
                Leave(_blocks.At((Instruction)instruction.Operand));
                return true;
            case Code.Endfinally:
                EndFinally();
                return true;
            case Code.Endfilter:
                EndFilter();
                return true;
            default:
                return false;
        }
    }

    private ExceptionHandler Clause(int number) => _body.ExceptionHandlers[number];

    private bool IsInTry(int number, int index) =>
        index >= _blocks.IndexOf(Clause(number).TryStart) && index < _blocks.IndexOf(Clause(number).TryEnd);

    private bool IsInHandler(int number, int index) =>
        index >= _blocks.IndexOf(Clause(number).HandlerStart) && index < _blocks.IndexOf(Clause(number).HandlerEnd);

    /// <summary>Where an exception that is pending behind the instruction at <paramref name="index"/> goes.</summary>
    private string HandlerLabel(int index)
    {
        for (int i = 0; i < _body.ExceptionHandlers.Count; i++)
        {
            if (IsInTry(i, index))
            {
                return DispatchLabel(i);
            }

            // ECMA-335 I.12.4.2.5: an exception that leaves a filter is dropped, and the filter has said no.
            if (IsInFilter(i, index))
            {
                State(i).AfterFailedFilter = NextDispatch(i);
                return FilterFailureLabel(i);
            }
        }

        _needsUnwind = true;
        return UnwindLabel;
    }

    /// <summary>An exception at the current instruction stays in this method: some clause around it takes every exception.</summary>
    private bool IsGuarded
    {
        get
        {
            for (int i = 0; i < _body.ExceptionHandlers.Count; i++)
            {
                if (Clause(i).HandlerType == ExceptionHandlerType.Catch && IsInTry(i, _index)
                    && Types.Resolve(Clause(i).CatchType, _method.Context) is { } caught && TakesEverything(caught))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private bool TakesEverything(TypeDesc caught) => caught == Types.Object || caught.HasName("System.Exception");

    private string DispatchLabel(int number)
    {
        HandlerState state = State(number);
        state.IsReferenced = true;
        return state.Label;
    }

    private HandlerState State(int number)
    {
        if (!_handlers.TryGetValue(number, out HandlerState? state))
        {
            state = new HandlerState { Label = $"eh{number}", ExceptionSlot = _out.Alloca("ptr", 8) };
            if (Clause(number).HandlerType is ExceptionHandlerType.Finally or ExceptionHandlerType.Fault)
            {
                state.ContinuationSlot = _out.Alloca("i32", 4);
            }

            _handlers.Add(number, state);
        }

        return state;
    }

    /// <summary>The clause tried after <paramref name="number"/>: a sibling or one further out.</summary>
    private string NextDispatch(int number)
    {
        int start = _blocks.IndexOf(Clause(number).TryStart);
        for (int i = number + 1; i < _body.ExceptionHandlers.Count; i++)
        {
            if (IsInTry(i, start))
            {
                return DispatchLabel(i);
            }
        }

        _needsUnwind = true;
        return UnwindLabel;
    }

    private void WriteHandlerDispatches()
    {
        bool found;
        do
        {
            found = false;
            foreach (int number in _handlers.Keys.Order().ToArray())
            {
                if (_handlers[number] is { IsReferenced: true, IsWritten: false } state)
                {
                    state.IsWritten = true;
                    found = true;
                    WriteDispatch(number, state);
                }
            }
        }
        while (found);
    }

    private void WriteDispatch(int number, HandlerState state)
    {
        ExceptionHandler clause = Clause(number);
        _stack.Clear();
        _out.Begin(state.Label);
        string exception = _out.Let("load ptr, ptr @pride_pending");
        _out.Do($"store ptr {exception}, ptr {state.ExceptionSlot}");
        if (clause.HandlerType == ExceptionHandlerType.Catch)
        {
            WriteCatch(number, clause, exception);
            return;
        }

        _out.Do("store ptr null, ptr @pride_pending");
        if (clause.HandlerType == ExceptionHandlerType.Filter)
        {
            _stack.Add(new StackValue(Types.Known("System.Exception"), "ptr", exception) { IsNotNull = true });
            Goto(_blocks.At(clause.FilterStart));
            return;
        }

        _out.Do($"store i32 0, ptr {state.ContinuationSlot}");
        Goto(_blocks.At(clause.HandlerStart));
    }

    private void WriteCatch(int number, ExceptionHandler clause, string exception)
    {
        TypeDesc type = Types.Resolve(clause.CatchType, _method.Context);
        string caught = _out.NewName("k");
        if (TakesEverything(type))
        {
            _out.Branch(caught);
        }
        else
        {
            string table = _out.Let($"load ptr, ptr {exception}");
            _out.Branch(CallTypeTest(table, type), caught, NextDispatch(number));
        }

        _out.Begin(caught);
        _out.Do("store ptr null, ptr @pride_pending");
        _stack.Add(new StackValue(type, "ptr", exception) { IsNotNull = true });
        Goto(_blocks.At(clause.HandlerStart));
        _stack.Clear();
    }

    private void ThrowValue(StackValue exception)
    {
        if (!_world.UsesExceptions)
        {
            Fail(FailureReason.Exception, null);
            return;
        }

        CheckNull(exception, 0);
        _function.Throws |= !IsGuarded;
        string value = Pointer(exception);
        Function onThrow = _world.RequireRuntime("ExceptionSupport", "OnThrow", 1, _function);
        _function.AddCallee(onThrow, IsGuarded);
        _out.Do($"call void {_world.Symbol(onThrow)}(ptr {value})");
        _out.Do($"store ptr {value}, ptr @pride_pending");
        _out.Branch(HandlerLabel(_index));
    }

    private void Rethrow()
    {
        for (int i = 0; i < _body.ExceptionHandlers.Count; i++)
        {
            if (IsInHandler(i, _index) && Clause(i).HandlerType is ExceptionHandlerType.Catch or ExceptionHandlerType.Filter)
            {
                _function.Throws |= !IsGuarded;
                _out.Do($"store ptr {_out.Let($"load ptr, ptr {State(i).ExceptionSlot}")}, ptr @pride_pending");
                _out.Branch(HandlerLabel(_index));
                return;
            }
        }

        throw new InvalidOperationException("rethrow outside a catch block");
    }

    // A leave runs every finally that lies between it and its target, the innermost first.
    private void Leave(BasicBlock target)
    {
        _stack.Clear();
        List<int> finallys = [];
        for (int i = 0; i < _body.ExceptionHandlers.Count; i++)
        {
            if (Clause(i).HandlerType == ExceptionHandlerType.Finally && IsInTry(i, _index) && !IsInTry(i, target.Start))
            {
                finallys.Add(i);
            }
        }

        Reach(target);
        string next = target.Label;
        foreach (int number in Enumerable.Reverse(finallys))
        {
            next = Continuation(number, next);
        }

        if (finallys.Count > 0)
        {
            Reach(_blocks.At(Clause(finallys[0]).HandlerStart));
        }

        _out.Branch(next);
    }

    /// <summary>A label that runs the finally and goes on at <paramref name="next"/>.</summary>
    private string Continuation(int number, string next)
    {
        HandlerState state = State(number);
        int index = state.Continuations.IndexOf(next);
        if (index < 0)
        {
            index = state.Continuations.Count;
            state.Continuations.Add(next);
            BasicBlock handler = _blocks.At(Clause(number).HandlerStart);
            Reach(handler);
            _pendingLabels.Add($"fin{number}_{index}:\n  store i32 {index + 1}, ptr {state.ContinuationSlot}\n  br label %{handler.Label}\n");
        }

        return $"fin{number}_{index}";
    }

    private readonly List<string> _pendingLabels = [];
    private readonly List<int> _endedFinallys = [];

    private void EndFinally()
    {
        int number = Enumerable.Range(0, _body.ExceptionHandlers.Count).First(i => IsInHandler(i, _index));
        State(number);
        if (_world.UsesExceptions)
        {
            NextDispatch(number);
        }

        // The continuations are known when the whole method has been seen.
        if (!_endedFinallys.Contains(number))
        {
            _endedFinallys.Add(number);
        }

        _out.Branch($"endfin{number}");
    }

    /// <summary>Writes what could only be written when every block was seen: ends of finallys, and the way out with an exception.</summary>
    private void WriteUnwind()
    {
        foreach (int number in _endedFinallys)
        {
            HandlerState state = State(number);
            StringBuilder text = new();
            _out.Begin($"endfin{number}");
            string continuation = _out.Let($"load i32, ptr {state.ContinuationSlot}");
            text.Append($"switch i32 {continuation}, label %endeh{number} [");
            for (int i = 0; i < state.Continuations.Count; i++)
            {
                text.Append($" i32 {i + 1}, label %{state.Continuations[i]}");
            }

            _out.Terminate(text.Append(" ]").ToString());
            _out.Begin($"endeh{number}");
            if (_world.UsesExceptions)
            {
                _out.Do($"store ptr {_out.Let($"load ptr, ptr {state.ExceptionSlot}")}, ptr @pride_pending");
                _out.Branch(NextDispatch(number));
            }
            else
            {
                _out.Unreachable();
            }
        }

        WriteFailedFilters();
        foreach (string block in _pendingLabels)
        {
            _out.Raw(block);
        }

        if (_needsUnwind)
        {
            _out.Begin(UnwindLabel);
            if (_world.TellsPending)
            {
                _out.TellPending(isPending: true);
            }

            string type = _function.Signature.ReturnLlvm;
            _out.Terminate(type == "void" ? "ret void" : $"ret {type} {(World.ReturnsNullWhenItThrows(_function) ? "null" : "undef")}");
        }
    }

    // The block, from here on, does nothing but make and throw an exception.
    private void Abandon(BasicBlock block)
    {
        string? message = null;
        string exceptionType = "exception";
        for (int i = _index; i < block.End; i++)
        {
            Instruction instruction = _blocks.Code[i];
            message ??= instruction.OpCode.Code == Code.Ldstr ? (string)instruction.Operand : null;
            if (instruction.OpCode.Code == Code.Newobj)
            {
                exceptionType = ((Mono.Cecil.MethodReference)instruction.Operand).DeclaringType.FullName;
            }
        }

        SetLocation(_index);
        Fail(FailureReason.Exception, message == null ? exceptionType : $"{exceptionType}: {message}");
    }
}
