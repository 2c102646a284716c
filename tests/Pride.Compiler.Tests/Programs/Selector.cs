// All programs in one image: the first argument names the one to run, a second one asks for a collection at every allocation. One compilation
// then serves every comparison.
using System;
namespace Programs;

public static class Selector
{
    public static void Main(string[] arguments)
    {
        string name = arguments[0];
        Pride.Runtime.Heap.Collector.StressPause = arguments.Length > 1 ? StressPause(name) : Pride.Runtime.Heap.Collector.NoStress;
        switch (name)
        {
            case "ArraysMore": ArraysMore.Main(); break;
            case "AsyncBasic": AsyncBasic.Main(); break;
            case "AsyncCoordination": AsyncCoordination.Main(); break;
            case "AsyncCorners": AsyncCorners.Main(); break;
            case "AsyncMany": AsyncMany.Main(); break;
            case "AsyncMore": AsyncMore.Main(); break;
            case "AsyncStreams": AsyncStreams.Main(); break;
            case "AsyncTimers": AsyncTimers.Main(); break;
            case "BigDictionary": BigDictionary.Main(); break;
            case "BigIntegers": BigIntegers.Main(); break;
            case "CSharp14": CSharp14.Main(); break;
            case "CheckedMath": CheckedMath.Main(); break;
            case "Classes": Classes.Main(); break;
            case "Closures": Closures.Main(); break;
            case "Collections": Collections.Main(); break;
            case "CollectionsMore": CollectionsMore.Main(); break;
            case "ControlFlow": ControlFlow.Main(); break;
            case "DateTimes": DateTimes.Main(); break;
            case "CovariantReturns": CovariantReturns.Main(); break;
            case "Decimals": Decimals.Main(); break;
            case "DefaultInterfaces": DefaultInterfaces.Main(); break;
            case "Delegates": Delegates.Main(); break;
            case "Disposables": Disposables.Main(); break;
            case "Encodings": Encodings.Main(); break;
            case "Enums": Enums.Main(); break;
            case "EnumsMore": EnumsMore.Main(); break;
            case "ExceptionMessages": ExceptionMessages.Main(); break;
            case "ExceptionsBasic": ExceptionsBasic.Main(); break;
            case "ExceptionsMore": ExceptionsMore.Main(); break;
            case "FloatingPoint": FloatingPoint.Main(); break;
            case "Formatting": Formatting.Main(); break;
            case "FunctionPointers": FunctionPointers.Main(); break;
            case "GenericMath": GenericMath.Main(); break;
            case "GenericVirtuals": GenericVirtuals.Main(); break;
            case "Generics": Generics.Main(); break;
            case "Hashes": Hashes.Main(); break;
            case "HeapChurn": HeapChurn.Main(); break;
            case "HelloString": HelloString.Main(); break;
            case "HttpParsing": HttpParsing.Main(); break;
            case "IntegerArithmetic": IntegerArithmetic.Main(); break;
            case "Interfaces": Interfaces.Main(); break;
            case "Iterators": Iterators.Main(); break;
            case "IteratorsMore": IteratorsMore.Main(); break;
            case "JsonConverters": JsonConverters.Main(); break;
            case "JsonDeserializing": JsonDeserializing.Main(); break;
            case "JsonNodes": JsonNodes.Main(); break;
            case "JsonPolymorphism": JsonPolymorphism.Main(); break;
            case "JsonReading": JsonReading.Main(); break;
            case "JsonSerializing": JsonSerializing.Main(); break;
            case "JsonShapes": JsonShapes.Main(); break;
            case "JsonWriting": JsonWriting.Main(); break;
            case "Linq": Linq.Main(); break;
            case "LinqMore": LinqMore.Main(); break;
            case "Locks": Locks.Main(); break;
            case "Mathematics": Mathematics.Main(); break;
            case "Memory": Memory.Main(); break;
            case "Parsing": Parsing.Main(); break;
            case "PatternMatching": PatternMatching.Main(); break;
            case "RandomNumbers": RandomNumbers.Main(); break;
            case "Records": Records.Main(); break;
            case "RecordsMore": RecordsMore.Main(); break;
            case "RefStructs": RefStructs.Main(); break;
            case "RegexBasic": RegexBasic.Main(); break;
            case "RegexMore": RegexMore.Main(); break;
            case "Sha256": Sha256.Main(); break;
            case "Sorting": Sorting.Main(); break;
            case "SpansAndMemory": SpansAndMemory.Main(); break;
            case "SpansMore": SpansMore.Main(); break;
            case "StackAlloc": StackAlloc.Main(); break;
            case "StaticAbstracts": StaticAbstracts.Main(); break;
            case "StaticState": StaticState.Main(); break;
            case "Statics": Statics.Main(); break;
            case "Strings": Strings.Main(); break;
            case "Structs": Structs.Main(); break;
            case "SystemMore": SystemMore.Main(); break;
            case "TextMore": TextMore.Main(); break;
            case "Times": Times.Main(); break;
            case "TypeNames": TypeNames.Main(); break;
            case "Variance": Variance.Main(); break;
            case "Vectors": Vectors.Main(); break;
            default: Console.WriteLine("no program " + name); break;
        }
    }

    // A collection at every allocation would not end under an emulator for a program that makes so many objects or keeps so much: how many
    // allocations a stressed heap lets pass between two collections.
    private static int StressPause(string name) => name switch
    {
        // Ten thousand tasks that wait at the same time, then a hundred thousand one after the other.
        "AsyncMany" => 100,

        // Half a million objects beside a tree of eight thousand and half a MiB of arrays.
        "HeapChurn" => 1000,
        _ => 0,
    };
}
