// The earliest of many deadlines: a binary heap whose elements know their place.
//
// A connection moves its deadline with every segment, nearly always to a later time, so it only ever asks for an earlier one here; a
// deadline that has moved on is noticed when the old one fires.

namespace Pride.Net;

/// <summary>A heap of numbers 0..capacity-1 by deadline.</summary>
internal sealed class DeadlineHeap
{
    private const int None = -1;

    private readonly int[] _heap;
    private readonly int[] _place;
    private readonly long[] _deadlines;
    private int _count;

    public DeadlineHeap(int capacity)
    {
        _heap = new int[capacity];
        _place = new int[capacity];
        _deadlines = new long[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _place[i] = None;
            _deadlines[i] = long.MaxValue;
        }
    }

    /// <summary>The earliest deadline, or <see cref="long.MaxValue"/>.</summary>
    public long Earliest => _count == 0 ? long.MaxValue : _deadlines[_heap[0]];

    /// <summary>Makes sure that <paramref name="number"/> fires at <paramref name="deadline"/> or before.</summary>
    public void Require(int number, long deadline)
    {
        if (deadline >= _deadlines[number])
        {
            return;
        }

        _deadlines[number] = deadline;
        if (_place[number] == None)
        {
            _place[number] = _count;
            _heap[_count] = number;
            _count++;
        }

        Rise(_place[number]);
    }

    /// <summary>Takes out the number with the earliest deadline; there must be one.</summary>
    public int TakeEarliest()
    {
        int number = _heap[0];
        Remove(number);
        return number;
    }

    public void Remove(int number)
    {
        int place = _place[number];
        if (place == None)
        {
            return;
        }

        _place[number] = None;
        _deadlines[number] = long.MaxValue;
        _count--;
        if (place == _count)
        {
            return;
        }

        int moved = _heap[_count];
        _heap[place] = moved;
        _place[moved] = place;
        Rise(place);
        Sink(_place[moved]);
    }

    private void Rise(int place)
    {
        int number = _heap[place];
        while (place > 0)
        {
            int parent = (place - 1) / 2;
            if (_deadlines[_heap[parent]] <= _deadlines[number])
            {
                break;
            }

            Put(place, _heap[parent]);
            place = parent;
        }

        Put(place, number);
    }

    private void Sink(int place)
    {
        int number = _heap[place];
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && _deadlines[_heap[child + 1]] < _deadlines[_heap[child]])
            {
                child++;
            }

            if (_deadlines[number] <= _deadlines[_heap[child]])
            {
                break;
            }

            Put(place, _heap[child]);
            place = child;
        }

        Put(place, number);
    }

    private void Put(int place, int number)
    {
        _heap[place] = number;
        _place[number] = place;
    }
}
