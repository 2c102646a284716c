// The state: items by number, and the log of changes. It lives as long as the PD.
//
// Rules: everything is checked before anything is changed, so what throws has changed nothing. What takes several steps with
// waits between them (an order) holds the gate, and so does every other change.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Pride.Http;

namespace Inventory.Domains;

/// <summary>Items and what happened to them.</summary>
public sealed class Store
{
    /// <summary>Items that are kept; each takes some hundred bytes of the PD's heap.</summary>
    public const int MaximumItems = 10_000;

    /// <summary>Changes that are kept; older ones are forgotten.</summary>
    public const int MaximumChanges = 1000;

    /// <summary>The most pieces of one item.</summary>
    public const int MaximumQuantity = 1_000_000;

    /// <summary>Order lines that are done before other requests get their turn.</summary>
    private const int LinesAtOnce = 16;

    private readonly SortedDictionary<int, Item> _items = [];
    private readonly Queue<Change> _changes = new();
    private readonly SemaphoreSlim _gate = new(1);
    private TaskCompletionSource _changed = new();
    private int _lastId;
    private int _lastChange;
    private int _lastOrder;

    /// <summary>All items, by number.</summary>
    public IEnumerable<Item> Items => _items.Values;

    /// <summary>One item.</summary>
    /// <exception cref="NoSuchItemException">There is none of that number.</exception>
    public Item Get(int id) => _items.TryGetValue(id, out Item? item) ? item : throw new NoSuchItemException(id);

    public Task<Item> AddAsync(ItemDraft draft) => ChangeAsync(() =>
    {
        Check(draft);
        if (_items.Count == MaximumItems)
        {
            throw new ApiException(HttpStatus.ServiceUnavailable, "full", $"more than {MaximumItems} items do not fit");
        }

        return Put(new Item(++_lastId, 1, draft.Name, draft.Price, draft.Quantity, TagsOf(draft)), ChangeKind.Created, draft.Quantity, null);
    });

    /// <summary>Replaces an item; with <paramref name="revision"/> only when it still has that one.</summary>
    public Task<Item> ReplaceAsync(int id, ItemDraft draft, int? revision) => ChangeAsync(() =>
    {
        Check(draft);
        Item old = AtRevision(id, revision);
        Item item = new(id, old.Revision + 1, draft.Name, draft.Price, draft.Quantity, TagsOf(draft));
        return Put(item, ChangeKind.Replaced, item.Quantity - old.Quantity, null);
    });

    public Task<Item> MoveAsync(int id, Movement movement, int? revision) => ChangeAsync(() =>
    {
        Item old = AtRevision(id, revision);
        return Put(Moved(old, movement.Delta), ChangeKind.Moved, movement.Delta, movement.Reason);
    });

    public Task<Item> DeleteAsync(int id, int? revision) => ChangeAsync(() =>
    {
        Item old = AtRevision(id, revision);
        _items.Remove(id);
        Log(ChangeKind.Deleted, old.Id, -old.Quantity, null);
        return old;
    });

    /// <summary>Takes all lines of an order out of the store, or none.</summary>
    public async Task<Receipt> OrderAsync(Order order)
    {
        await _gate.WaitAsync();
        try
        {
            if (order.Lines.Contains(null!))
            {
                throw ApiException.Invalid("null is no line");
            }

            // The same item may stand in several lines.
            List<OrderLine> lines = [.. order.Lines.GroupBy(l => l.Item).OrderBy(g => g.Key).Select(g => new OrderLine(g.Key, Sum(g)))];
            if (lines.Count == 0)
            {
                throw ApiException.Invalid("an order has lines");
            }

            List<Item> taken = [];
            foreach (OrderLine[] some in lines.Chunk(LinesAtOnce))
            {
                taken.AddRange(some.Select(l => Moved(Get(l.Item), -l.Pieces)));
                await Task.Yield();
            }

            int number = ++_lastOrder;
            foreach ((Item item, OrderLine line) in taken.Zip(lines))
            {
                Put(item, ChangeKind.Ordered, -line.Pieces, $"order {number}");
            }

            return new Receipt(number, taken.Zip(lines, (item, line) => item.Price * line.Pieces).Sum(), lines);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>What happened after change <paramref name="since"/>; waits for something to happen, but no longer than <paramref name="wait"/>.</summary>
    public async Task<ChangeList> ChangesAsync(int since, TimeSpan wait)
    {
        if (since >= _lastChange && wait > TimeSpan.Zero)
        {
            try
            {
                await _changed.Task.WaitAsync(wait);
            }
            catch (TimeoutException)
            {
                // Nothing happened, which is an answer too.
            }
        }

        return new ChangeList(_lastChange, [.. _changes.SkipWhile(c => c.Sequence <= since)]);
    }

    private static void Check(ItemDraft draft)
    {
        const int MaximumNameLength = 100;
        const decimal MaximumPrice = 1_000_000m;
        if (draft.Name.Length is 0 or > MaximumNameLength || draft.Name.Any(char.IsControl))
        {
            throw ApiException.Invalid($"a name has 1 to {MaximumNameLength} characters that can be seen");
        }

        if (draft.Price is < 0 or > MaximumPrice || draft.Price.Scale > 2)
        {
            throw ApiException.Invalid($"{draft.Price} is no price");
        }

        if (draft.Quantity is < 0 or > MaximumQuantity)
        {
            throw ApiException.Invalid($"{draft.Quantity} is no quantity");
        }

        // The serializer sees to members that must not be null, but not to the elements of lists.
        if (draft.Tags?.Contains(null!) == true)
        {
            throw ApiException.Invalid("null is no tag");
        }
    }

    private static IReadOnlyList<string> TagsOf(ItemDraft draft) =>
        [.. (draft.Tags ?? []).Select(t => t.Trim().ToLowerInvariant()).Where(t => t.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    private static int Sum(IEnumerable<OrderLine> lines)
    {
        int sum = 0;
        foreach (OrderLine line in lines)
        {
            if (line.Pieces <= 0)
            {
                throw ApiException.Invalid($"{line.Pieces} pieces cannot be ordered");
            }

            try
            {
                sum = checked(sum + line.Pieces);
            }
            catch (OverflowException e)
            {
                throw ApiException.Invalid("nobody has so many pieces", e);
            }
        }

        return sum;
    }

    private static Item Moved(Item item, int delta)
    {
        long quantity = (long)item.Quantity + delta;
        return quantity < 0 ? throw new OutOfStockException(item, -(long)delta)
            : quantity > MaximumQuantity ? throw ApiException.Invalid($"{quantity} is no quantity")
            : item with { Quantity = (int)quantity, Revision = item.Revision + 1 };
    }

    private Item AtRevision(int id, int? revision)
    {
        Item item = Get(id);
        return revision is { } wanted && wanted != item.Revision ? throw new ChangedMeanwhileException(item) : item;
    }

    private async Task<Item> ChangeAsync(Func<Item> change)
    {
        await _gate.WaitAsync();
        try
        {
            return change();
        }
        finally
        {
            _gate.Release();
        }
    }

    private Item Put(Item item, ChangeKind kind, int delta, string? reason)
    {
        _items[item.Id] = item;
        Log(kind, item.Id, delta, reason);
        return item;
    }

    private void Log(ChangeKind kind, int item, int delta, string? reason)
    {
        if (_changes.Count == MaximumChanges)
        {
            _changes.Dequeue();
        }

        _changes.Enqueue(new Change(++_lastChange, kind, item, delta, reason));
        TaskCompletionSource waiters = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiters.SetResult();
    }
}
