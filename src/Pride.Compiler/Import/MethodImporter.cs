// Translates the IL of one method into the text of one LLVM function.
//
// Arguments whose address is never taken are used in place; every other argument and every local is an alloca, and so is
// each stack slot that crosses a block boundary: LLVM turns them into registers. Blocks are translated only when some
// path reaches them, so that folded branches keep what they call out of the image.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Exceptions;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;
using TypeSystem = Pride.Compiler.Metadata.TypeSystem;

namespace Pride.Compiler.Import;

/// <summary>The translator of one method; the other parts of this class are the opcode classes.</summary>
internal sealed partial class MethodImporter
{
    /// <summary>Of the memory that carries a stack value between blocks; vectors have no more than structs of 64-bit integers.</summary>
    private const int SlotAlignment = 8;

    private readonly World _world;
    private readonly Function _function;
    private readonly MethodDesc _method;
    private readonly MethodBody _body;
    private readonly BasicBlocks _blocks;
    private readonly FunctionBuilder _out;
    private readonly List<StackValue> _stack = [];
    private readonly Queue<BasicBlock> _queue = [];
    private readonly List<Dictionary<string, string>> _slots = [];
    private readonly List<Variable> _arguments = [];
    private readonly List<Variable> _locals = [];
    private readonly DebugInfo.MethodDebug? _debug;
    private int _index;

    // Prefixes wait for the instruction that they belong to.
    private TypeDesc? _constrained;
    private bool _isVolatile;
    private int _unaligned;

    /// <summary>An argument or local: memory, or (Value) an argument that is only read.</summary>
    private sealed record Variable(TypeDesc Type, string Address, StackValue? Value);

    private MethodImporter(World world, Function function)
    {
        _world = world;
        _function = function;
        _method = function.Method!;
        _body = _method.Definition.Body;
        _blocks = new BasicBlocks(_body);
        _out = new FunctionBuilder();
        _debug = world.Debug?.Of(function);
        function.Body = _out;
        function.FirstLabel = _blocks.At(0).Label;
        if (!world.UsesExceptions)
        {
            AbandonedBlocks.Find(_blocks, _body);
        }
    }

    public TypeSystem Types => _world.Types;

    public World World => _world;

    public FunctionBuilder Out => _out;

    public Function Function => _function;

    public MethodDesc Method => _method;

    /// <summary>After a call of a helper: goes to the handler if it left an exception, which a <paramref name="result"/> of null says if that is given.</summary>
    public void TestException(Function callee, string? result = null)
    {
        if (_world.UsesExceptions)
        {
            _out.TestException(callee, HandlerLabel(_index), result);
        }
    }

    /// <summary>Notes that the current instruction makes an object by calling <paramref name="allocator"/>.</summary>
    public void NoteAllocation(string what, Function allocator)
    {
        _function.AllocationSites.Add(new AllocationSite(what, _debug?.PlaceAt(_blocks.Code[_index].Offset)));
        _function.AddCallee(allocator, IsGuarded);
    }

    /// <summary>Translates the method of <paramref name="function"/>.</summary>
    public static void Import(World world, Function function)
    {
        MethodImporter importer = new(world, function);
        try
        {
            importer.Run();
        }
        catch (CompilationException e) when (!e.Message.Contains("\n  in ", StringComparison.Ordinal))
        {
            throw new CompilationException(e.Error, $"{e.Message}\n{world.ChainTo(function)}", e);
        }
        catch (Exception e) when (e is not CompilationException)
        {
            Instruction at = importer._blocks.Code[Math.Min(importer._index, importer._blocks.Code.Count - 1)];
            throw new CompilationException(
                CompilationError.Unsupported, $"{e.GetType().Name}: {e.Message}\n  at {at}\n{world.ChainTo(function)}\n{e.StackTrace}", e);
        }
    }

    private void Run()
    {
        DeclareArguments();
        DeclareLocals();
        _stack.Clear();
        Reach(_blocks.At(0));
        while (_queue.TryDequeue(out BasicBlock? block))
        {
            ImportBlock(block);
            WriteHandlerDispatches();
        }

        WriteUnwind();
    }

    private void ImportBlock(BasicBlock block)
    {
        _stack.Clear();
        SetLocation(block.Start);
        _out.Begin(block.Label);
        if (block.EntrySlots != null)
        {
            foreach (StackValue slot in block.EntrySlots)
            {
                _stack.Add(ReloadSlot(slot));
            }
        }

        for (_index = block.Start; _index < block.End && !_out.IsTerminated; _index++)
        {
            if (_index == block.AbandonedFrom)
            {
                Abandon(block);
                return;
            }

            SetLocation(_index);
            ImportInstruction(_blocks.Code[_index]);
        }

        if (!_out.IsTerminated)
        {
            Goto(_blocks.At(block.End));
        }
    }

    private void SetLocation(int index)
    {
        if (_debug != null)
        {
            _out.Location = _debug.LocationAt(_blocks.Code[index].Offset);
        }
    }

    private StackValue ReloadSlot(StackValue slot) =>
        slot.InMemory
            ? slot
            : new StackValue(slot.Type, slot.Llvm, _out.Let($"load {slot.Llvm}, ptr {slot.Operand}, align {SlotAlignment}")) { IsNotNull = slot.IsNotNull };

    /// <summary>Ends the current block with a jump; the evaluation stack goes along.</summary>
    private void Goto(BasicBlock target)
    {
        Reach(target);
        _out.Branch(target.Label);
    }

    /// <summary>Notes a path to <paramref name="target"/> and stores the evaluation stack where the target expects it.</summary>
    private void Reach(BasicBlock target)
    {
        if (target.EntrySlots == null)
        {
            target.EntrySlots = [];
            for (int i = 0; i < _stack.Count; i++)
            {
                target.EntrySlots.Add(NewSlot(i, _stack[i]));
            }
        }

        if (target.EntrySlots.Count != _stack.Count)
        {
            throw new InvalidOperationException($"stack depth {_stack.Count} at a join of depth {target.EntrySlots.Count}");
        }

        // All values are read before any slot is written: a slot may be both source and target.
        string[] operands = new string[_stack.Count];
        for (int i = 0; i < _stack.Count; i++)
        {
            StackValue slot = target.EntrySlots[i];
            operands[i] = slot.InMemory ? Use(_stack[i]) : Coerce(_stack[i], slot.Llvm);
        }

        for (int i = 0; i < _stack.Count; i++)
        {
            StackValue slot = target.EntrySlots[i];
            if (!slot.InMemory)
            {
                _out.Do($"store {slot.Llvm} {operands[i]}, ptr {slot.Operand}, align {SlotAlignment}");
            }
            else if (operands[i] != slot.Operand)
            {
                CopyMemory(slot.Operand!, operands[i], slot.Type.VariableSize, slot.Type.VariableAlignment);
            }
        }

        if (!target.IsReached)
        {
            target.IsReached = true;
            _queue.Enqueue(target);
        }
    }

    private StackValue NewSlot(int depth, StackValue value)
    {
        if (value.InMemory)
        {
            return new StackValue(value.Type, value.Llvm, _out.Alloca(value.Llvm, value.Type.VariableAlignment)) { InMemory = true };
        }

        while (_slots.Count <= depth)
        {
            _slots.Add([]);
        }

        if (!_slots[depth].TryGetValue(value.Llvm, out string? address))
        {
            address = _out.Alloca(value.Llvm, SlotAlignment);
            _slots[depth].Add(value.Llvm, address);
        }

        TypeDesc type = value.IsNull ? Types.Object : value.Type;
        return new StackValue(type, value.Llvm, address);
    }

    private void DeclareArguments()
    {
        HashSet<int> changed = ArgumentsInMemory();
        bool keepAll = _world.KeepsVariables(_method);
        Signature signature = _function.Signature;
        for (int i = 0; i < signature.Parameters.Count; i++)
        {
            SignatureParameter parameter = signature.Parameters[i];
            string name = string.Create(CultureInfo.InvariantCulture, $"%a{i}");
            if (parameter.InMemory)
            {
                _arguments.Add(new Variable(parameter.Type, name, null));
                _debug?.DeclareArgument(_out, i, ArgumentName(i), parameter.Type, "ptr " + name, inMemory: true);
                continue;
            }

            if (changed.Contains(i) || keepAll)
            {
                string address = _out.Alloca(parameter.Llvm, parameter.Type.VariableAlignment);
                _out.AtEntry($"store {parameter.Llvm} {name}, ptr {address}, align {parameter.Type.VariableAlignment}");
                _arguments.Add(new Variable(parameter.Type, address, null));
                _debug?.DeclareArgument(_out, i, ArgumentName(i), parameter.Type, "ptr " + address, inMemory: true);
                continue;
            }

            string operand = name;
            string stackType = _world.Llvm.Stack(parameter.Type);
            if (stackType != parameter.Llvm)
            {
                operand = $"%e{i}";
                _out.AtEntry($"{operand} = {(parameter.Type.IsSigned ? "sext" : "zext")} {parameter.Llvm} {name} to {stackType}");
            }

            bool isThis = i == 0 && !_method.IsStatic;
            CheckFloat(parameter.Type);
            _debug?.DeclareArgument(_out, i, ArgumentName(i), parameter.Type, $"{parameter.Llvm} {name}", inMemory: false);
            _arguments.Add(new Variable(parameter.Type, "", new StackValue(parameter.Type, stackType, operand) { IsNotNull = isThis }));
        }
    }

    private HashSet<int> ArgumentsInMemory()
    {
        HashSet<int> changed = [];
        foreach (Instruction instruction in _blocks.Code)
        {
            if (instruction.OpCode.Code is Code.Starg or Code.Starg_S or Code.Ldarga or Code.Ldarga_S)
            {
                changed.Add(ArgumentIndex((ParameterDefinition)instruction.Operand));
            }
        }

        return changed;
    }

    private string ArgumentName(int index) => _method.IsStatic ? _method.Definition.Parameters[index].Name
        : index == 0 ? "this" : _method.Definition.Parameters[index - 1].Name;

    // Cecil's `this` has index -1.
    private int ArgumentIndex(ParameterDefinition parameter) => parameter.Index + (_method.IsStatic ? 0 : 1);

    private void DeclareLocals()
    {
        foreach (VariableDefinition variable in _body.Variables)
        {
            TypeDesc type = Types.Resolve(variable.VariableType, _method.Context);
            string memory = _world.Llvm.Memory(type);
            string address = _out.Alloca(memory, type.VariableAlignment);
            if (_body.InitLocals)
            {
                _out.AtEntry(_world.Llvm.IsInMemory(type)
                    ? $"call void @llvm.memset.p0.i64(ptr align {type.VariableAlignment} {address}, i8 0, i64 {type.VariableSize}, i1 false)"
                    : $"store {memory} zeroinitializer, ptr {address}, align {type.VariableAlignment}");
            }

            _locals.Add(new Variable(type, address, null));
            _debug?.DeclareLocal(_out, variable.Index, type, address);
        }
    }

    private void Push(StackValue value)
    {
        CheckFloat(value.Type);
        _stack.Add(value);
    }

    private StackValue Pop()
    {
        StackValue value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private StackValue Peek() => _stack[^1];

    private StackValue[] PopMany(int count)
    {
        StackValue[] values = _stack.Skip(_stack.Count - count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private void CheckFloat(TypeDesc type)
    {
        if (type.IsFloat && !_world.AllowsFloatingPoint)
        {
            _world.Violation(_function, "uses floating point, which this profile does not allow (a driver can ask for it: [Profile(Profile.Driver, FloatingPoint = true)])");
        }
    }
}
