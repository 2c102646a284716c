// A dictionary through many growths and removals, with integer and string keys.
using System;
using System.Collections.Generic;
namespace Programs;

public static class BigDictionary
{
    public static void Main()
    {
        Dictionary<int, int> numbers = [];
        for (int i = 0; i < 20000; i++) { numbers[unchecked(i * 7919)] = i; }
        for (int i = 0; i < 20000; i += 3) { numbers.Remove(unchecked(i * 7919)); }
        long sum = 0;
        foreach (int value in numbers.Values) { sum += value; }
        Console.WriteLine(numbers.Count + " " + sum);
        Dictionary<string, int> words = [];
        for (int i = 0; i < 5000; i++)
        {
            string key = "key" + (i % 1000);
            words[key] = words.TryGetValue(key, out int old) ? old + 1 : 1;
        }
        Console.WriteLine(words.Count + " " + words["key77"]);
    }
}
