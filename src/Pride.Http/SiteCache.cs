// Small files kept in memory, with their response heads ready-made: bounded in bytes, least recently used out first.

using System;
using System.Collections.Generic;

namespace Pride.Http;

/// <summary>One file in the cache.</summary>
internal sealed class CachedFile(byte[] key, string path, FileStatus status, Validators validators, BlockList body, byte[] head)
{
    /// <summary>The canonical path that it answers to; for a directory's index that of the directory.</summary>
    public byte[] Key => key;

    /// <summary>The file's own path.</summary>
    public string Path => path;

    /// <summary>What the file system said when it was read.</summary>
    public FileStatus Status => status;

    public Validators Validators => validators;

    public BlockList Body => body;

    /// <summary>The head of a 200 response but for Date and Connection.</summary>
    public byte[] Head => head;

    /// <summary>When the file system last confirmed it, in the server's milliseconds.</summary>
    public long CheckedAt { get; set; }

    public CachedFile? NextInBucket { get; set; }

    public LinkedListNode<CachedFile>? Use { get; set; }
}

/// <summary>The cache of one site.</summary>
internal sealed class SiteCache(int blockLimit)
{
    private const int Buckets = 1024;

    private readonly CachedFile?[] _buckets = new CachedFile?[Buckets];
    private readonly LinkedList<CachedFile> _uses = new();
    private int _blocks;

    public int FileCount => _uses.Count;

    /// <summary>Would a file of this many bytes be let in?</summary>
    public bool HasRoomFor(long size) => (size + BlockPool.BlockBytes - 1) / BlockPool.BlockBytes <= blockLimit;

    public CachedFile? Find(ReadOnlySpan<byte> key)
    {
        for (CachedFile? file = _buckets[Bucket(key)]; file is not null; file = file.NextInBucket)
        {
            if (key.SequenceEqual(file.Key))
            {
                if (_uses.First != file.Use)
                {
                    _uses.Remove(file.Use!);
                    _uses.AddFirst(file.Use!);
                }

                return file;
            }
        }

        return null;
    }

    /// <summary>Takes a file in; what is older goes out until it fits. The cache is a user of its body from now on.</summary>
    public void Add(CachedFile file)
    {
        if (Find(file.Key) is { } old)
        {
            Remove(old);
        }

        while (_blocks + file.Body.BlockCount > blockLimit && _uses.Last is { } last)
        {
            Remove(last.Value);
        }

        file.Body.Share();
        _blocks += file.Body.BlockCount;
        ref CachedFile? bucket = ref _buckets[Bucket(file.Key)];
        file.NextInBucket = bucket;
        bucket = file;
        file.Use = _uses.AddFirst(file);
    }

    public void Remove(CachedFile file)
    {
        ref CachedFile? bucket = ref _buckets[Bucket(file.Key)];
        if (bucket == file)
        {
            bucket = file.NextInBucket;
        }
        else
        {
            CachedFile before = bucket!;
            while (before.NextInBucket != file)
            {
                before = before.NextInBucket!;
            }

            before.NextInBucket = file.NextInBucket;
        }

        _uses.Remove(file.Use!);
        _blocks -= file.Body.BlockCount;
        file.Body.Release();
    }

    /// <summary>Gives blocks back to the pool: removes the least recently used file that nobody is being sent. False when there is none.</summary>
    public bool TryReclaim()
    {
        for (LinkedListNode<CachedFile>? node = _uses.Last; node is not null; node = node.Previous)
        {
            CachedFile file = node.Value;
            if (!file.Body.IsShared && file.Body.BlockCount > 0)
            {
                Remove(file);
                return true;
            }
        }

        return false;
    }

    // FNV-1a. Only names of files that exist get in, so nobody can aim at one bucket.
    private static int Bucket(ReadOnlySpan<byte> key)
    {
        uint hash = 2166136261;
        foreach (byte octet in key)
        {
            hash = (hash ^ octet) * 16777619;
        }

        return (int)((hash ^ (hash >> 16)) & (Buckets - 1));
    }
}
