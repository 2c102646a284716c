// Exception filters (`when`): they run in the dispatch of their clause, with the exception put aside.

using System.Linq;
using Mono.Cecil.Cil;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private bool IsInFilter(int number, int index) =>
        Clause(number).FilterStart != null && index >= _blocks.IndexOf(Clause(number).FilterStart)
        && index < _blocks.IndexOf(Clause(number).HandlerStart);

    private static string FilterFailureLabel(int number) => $"nofilter{number}";

    private void EndFilter()
    {
        StackValue accepted = Pop();
        int number = Enumerable.Range(0, _body.ExceptionHandlers.Count).First(i => IsInFilter(i, _index));
        HandlerState state = State(number);
        string yes = _out.NewName("k");
        string no = _out.NewName("k");
        _out.Branch(_out.Let($"icmp ne i32 {Coerce(accepted, "i32")}, 0"), yes, no);
        _out.Begin(no);
        _out.Do($"store ptr {_out.Let($"load ptr, ptr {state.ExceptionSlot}")}, ptr @pride_pending");
        _out.Branch(NextDispatch(number));
        _out.Begin(yes);
        _stack.Clear();
        string exception = _out.Let($"load ptr, ptr {state.ExceptionSlot}");
        _stack.Add(new StackValue(Types.Known("System.Exception"), "ptr", exception) { IsNotNull = true });
        Goto(_blocks.At(Clause(number).HandlerStart));
    }

    // What a filter itself throws is dropped; the exception that it was asked about goes on.
    private void WriteFailedFilters()
    {
        foreach ((int number, HandlerState state) in _handlers)
        {
            if (state.AfterFailedFilter is { } next)
            {
                _out.Begin(FilterFailureLabel(number));
                _out.Do($"store ptr {_out.Let($"load ptr, ptr {state.ExceptionSlot}")}, ptr @pride_pending");
                _out.Branch(next);
            }
        }
    }
}
