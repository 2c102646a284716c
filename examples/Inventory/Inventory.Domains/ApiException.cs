// Everything that makes a request fail is an exception with the answer in it.

using System;
using Pride.Http;

namespace Inventory.Domains;

/// <summary>The request cannot be done; the client is told why.</summary>
public class ApiException(int status, string code, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The reason in one word, for programs.</summary>
    public string Code { get; } = code;

    /// <summary>What is wrong with what the client sent.</summary>
    public static ApiException Invalid(string message, Exception? cause = null) => new(HttpStatus.UnprocessableContent, "invalid", message, cause);
}

/// <summary>There is no such item.</summary>
public sealed class NoSuchItemException(int id) : ApiException(HttpStatus.NotFound, "noSuchItem", $"there is no item {id}");

/// <summary>Fewer pieces are there than are wanted.</summary>
public sealed class OutOfStockException(Item item, long wanted)
    : ApiException(HttpStatus.Conflict, "outOfStock", $"{wanted} pieces of '{item.Name}' are wanted and {item.Quantity} are there");

/// <summary>The item is not as the client last saw it.</summary>
public sealed class ChangedMeanwhileException(Item item)
    : ApiException(HttpStatus.PreconditionFailed, "changedMeanwhile", $"item {item.Id} has revision {item.Revision}");
