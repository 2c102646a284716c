// Checks that may fail: null, bounds, overflow, casts. What a failure becomes is the profile's matter: an exception
// (managed), a call of the runtime that abandons the PD (driver), or a call of pride_panic (kernel).

using Pride.Compiler.Reachability;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    /// <summary>PDs never map page 0, so an access below this offset from null faults by itself.</summary>
    private const int UnmappedBytes = 4096;

    /// <summary>Goes on only if <paramref name="condition"/> (an i1) is false.</summary>
    public void FailIf(string condition, FailureReason reason)
    {
        if (_out.IsTerminated)
        {
            return;
        }

        string fail = _out.NewName("f");
        string next = _out.NewName("f");
        _out.Terminate($"br i1 {condition}, label %{fail}, label %{next}, !prof !1");
        _out.Begin(fail);
        Fail(reason, null);
        _out.Begin(next);
    }

    /// <summary>Ends the block with a failure.</summary>
    public void Fail(FailureReason reason, string? message)
    {
        Function target = _world.RequireFailure(reason, _function);
        _function.AddCallee(target, IsGuarded);
        string arguments = _world.FailureArguments(reason, message, _function);
        if (_world.UsesExceptions)
        {
            // As a tail call it would take this method out of the exception's trace.
            _out.Do($"notail call void {_world.Symbol(target)}({arguments})");
            _out.Branch(HandlerLabel(_index));
            return;
        }

        _out.Do($"call void {_world.Symbol(target)}({arguments}) #1");
        _out.Unreachable();
    }

    /// <summary>Fails if the object reference is null. References into objects and pointers are not checked: C# cannot make null ones.</summary>
    public void CheckNull(StackValue value, int offset)
    {
        bool isObject = value.Type.IsReference || value.Boxed != null;
        if (!isObject || IsKnownNotNull(value) || (!_world.ChecksNull && offset < UnmappedBytes))
        {
            return;
        }

        FailIf(_out.Let($"icmp eq ptr {Pointer(value)}, null"), FailureReason.NullReference);
    }
}
