// A fixed number of slots, in the order of their age: when all are taken, the oldest gives way.

using System.Diagnostics;

namespace Pride.Net;

/// <summary>Slots of <typeparamref name="T"/> with a free list and a doubly linked list from the oldest to the youngest.</summary>
internal sealed class AgeOrderedPool<T>
    where T : struct
{
    private const int None = -1;

    private readonly T[] _items;
    private readonly int[] _younger;
    private readonly int[] _older;
    private int _free;
    private int _youngest = None;

    public AgeOrderedPool(int capacity)
    {
        _items = new T[capacity];
        _younger = new int[capacity];
        _older = new int[capacity];
        _free = capacity == 0 ? None : 0;
        for (int i = 0; i < capacity; i++)
        {
            _younger[i] = i + 1 < capacity ? i + 1 : None;
        }
    }

    public int Count { get; private set; }

    public bool IsFull => _free == None;

    /// <summary>The oldest taken slot, or -1.</summary>
    public int Oldest { get; private set; } = None;

    public ref T this[int index] => ref _items[index];

    /// <summary>The next younger slot, or -1.</summary>
    public int YoungerThan(int index) => _younger[index];

    /// <summary>Takes a free slot as the youngest; there must be one.</summary>
    public int Take()
    {
        Debug.Assert(!IsFull, "a slot is free");
        int index = _free;
        _free = _younger[index];
        Append(index);
        Count++;
        return index;
    }

    /// <summary>Gives a slot back.</summary>
    public void Release(int index)
    {
        Unlink(index);
        _items[index] = default;
        _younger[index] = _free;
        _free = index;
        Count--;
    }

    /// <summary>Makes a slot the youngest.</summary>
    public void Renew(int index)
    {
        Unlink(index);
        Append(index);
    }

    private void Append(int index)
    {
        _younger[index] = None;
        _older[index] = _youngest;
        if (_youngest != None)
        {
            _younger[_youngest] = index;
        }
        else
        {
            Oldest = index;
        }

        _youngest = index;
    }

    private void Unlink(int index)
    {
        int older = _older[index];
        int younger = _younger[index];
        if (older != None)
        {
            _younger[older] = younger;
        }
        else
        {
            Oldest = younger;
        }

        if (younger != None)
        {
            _older[younger] = older;
        }
        else
        {
            _youngest = older;
        }
    }
}
