// Polymorphic types under a source-generated context: discriminators as text and numbers, interfaces, nearest ancestors, renamed
// members of enums, and what is refused at run time.

using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Programs;

[JsonDerivedType(typeof(Disc), "disc")]
[JsonDerivedType(typeof(Ring), typeDiscriminator: "ring")]
[JsonDerivedType(typeof(Square), 4)]
public abstract record Figure(string Name);

public record Disc(string Name, double Radius) : Figure(Name);

public sealed record Ring(string Name, double Radius, double Inner) : Disc(Name, Radius);

public sealed record Square(string Name, int Side) : Figure(Name);

public sealed record Stranger(string Name) : Figure(Name);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToNearestAncestor, IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(Device), "device")]
[JsonDerivedType(typeof(Sensor), "sensor")]
public class Device
{
    public int Id { get; set; }
}

public class Sensor : Device
{
    public double Reading { get; set; }
}

public sealed class SpecialSensor : Sensor
{
    public string Secret { get; set; } = "hidden";
}

[JsonPolymorphic(UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType)]
[JsonDerivedType(typeof(Lamp))]
public interface IThing
{
    string Label { get; }
}

public sealed class Lamp : IThing
{
    public string Label => "lamp";

    public int Watts { get; set; } = 40;
}

public sealed class Chair : IThing
{
    public string Label => "chair";

    public int Legs => 4;
}

[JsonPolymorphic(UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToNearestAncestor)]
[JsonDerivedType(typeof(IWheeled), "wheeled")]
[JsonDerivedType(typeof(IFloating), "floating")]
public interface IVehicle
{
    string Model { get; }
}

public interface IWheeled : IVehicle
{
    int Wheels { get; }
}

public interface IFloating : IVehicle
{
    double Draught { get; }
}

public sealed record Car(string Model, int Wheels) : IWheeled;

public sealed record Amphibian(string Model, int Wheels, double Draught) : IWheeled, IFloating;

[JsonDerivedType(typeof(Leaf<int>), "int")]
[JsonDerivedType(typeof(Leaf<string>), "string")]
[JsonDerivedType(typeof(Branch), "branch")]
public abstract class Tree
{
    public virtual int Depth => 1;
}

public sealed class Leaf<T> : Tree
{
    public T? Value { get; set; }
}

public sealed class Branch : Tree
{
    public List<Tree> Children { get; set; } = [];

    public override int Depth => 1 + (Children.Count == 0 ? 0 : Children[0].Depth);
}

[JsonConverter(typeof(JsonStringEnumConverter<Stage>))]
public enum Stage
{
    [JsonStringEnumMemberName("not started")]
    NotStarted,
    Running,
    [JsonStringEnumMemberName("all-done")]
    Done,
}

[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<Rights>))]
public enum Rights : byte
{
    None,
    [JsonStringEnumMemberName("r")]
    Read = 1,
    [JsonStringEnumMemberName("w")]
    Write = 2,
    Execute = 4,
}

public sealed record Job(Stage Stage, Rights Rights, Dictionary<Stage, int>? Counts = null);

[JsonSerializable(typeof(Figure))]
[JsonSerializable(typeof(List<Figure>))]
[JsonSerializable(typeof(Device[]))]
[JsonSerializable(typeof(IThing[]))]
[JsonSerializable(typeof(IVehicle))]
[JsonSerializable(typeof(Tree))]
[JsonSerializable(typeof(Job))]
internal sealed partial class FigureContext : JsonSerializerContext;

public static class JsonPolymorphism
{
    public static void Main()
    {
        List<Figure> figures = [new Disc("d", 1.5), new Ring("r", 2, 1), new Square("s", 3)];
        string text = JsonSerializer.Serialize(figures, FigureContext.Default.ListFigure);
        Console.WriteLine(text);
        foreach (Figure figure in JsonSerializer.Deserialize(text, FigureContext.Default.ListFigure)!)
        {
            Console.WriteLine(figure);
        }

        foreach (string json in new[] { """{"$type":"ring","Name":"x","Radius":1,"Inner":0.5}""", """{"$type":4,"Name":"y","Side":9}""", """{"$type":"cube","Name":"z"}""", """{"Name":"z"}""", """{"Name":"z","$type":"disc"}""", """{"$type":5}""", "null" })
        {
            Try(() => Console.WriteLine(JsonSerializer.Deserialize(json, FigureContext.Default.Figure)?.ToString() ?? "nothing"));
        }

        Try(() => Console.WriteLine(JsonSerializer.Serialize(new Stranger("who"), FigureContext.Default.Figure)));
        Devices();
        Trees();
        Enums();
    }

    private static void Devices()
    {
        string text = JsonSerializer.Serialize([new Device { Id = 1 }, new Sensor { Id = 2, Reading = 0.5 }, new SpecialSensor { Id = 3, Reading = 7 }], FigureContext.Default.DeviceArray);
        Console.WriteLine(text);
        foreach (Device device in JsonSerializer.Deserialize("""[{"kind":"sensor","Reading":3,"Id":8},{"kind":"unheard","Id":9},{"Id":10}]""", FigureContext.Default.DeviceArray)!)
        {
            Console.WriteLine($"{device.GetType().Name} {device.Id} {(device as Sensor)?.Reading}");
        }

        Console.WriteLine(JsonSerializer.Serialize([new Lamp(), new Chair()], FigureContext.Default.IThingArray));
        Console.WriteLine(JsonSerializer.Serialize(new Car("c", 4), FigureContext.Default.IVehicle));
        Try(() => Console.WriteLine(JsonSerializer.Serialize(new Amphibian("a", 4, 0.3), FigureContext.Default.IVehicle)));
        Try(() => JsonSerializer.Deserialize("""{"$type":"wheeled","Wheels":3}""", FigureContext.Default.IVehicle));
    }

    private static void Trees()
    {
        Branch tree = new() { Children = { new Leaf<int> { Value = 5 }, new Branch { Children = { new Leaf<string> { Value = "end" } } } } };
        string text = JsonSerializer.Serialize(tree, FigureContext.Default.Tree);
        Console.WriteLine(text);
        Branch back = (Branch)JsonSerializer.Deserialize(text, FigureContext.Default.Tree)!;
        Console.WriteLine($"{back.Depth} {((Leaf<int>)back.Children[0]).Value} {((Leaf<string>)((Branch)back.Children[1]).Children[0]).Value}");
    }

    private static void Enums()
    {
        Console.WriteLine(JsonSerializer.Serialize(new Job(Stage.NotStarted, Rights.Read | Rights.Execute, new() { [Stage.Done] = 2, [Stage.Running] = 1 }), FigureContext.Default.Job));
        foreach (string json in new[] { """{"Stage":"all-done","Rights":"w, r"}""", """{"Stage":"Running","Rights":"Execute"}""", """{"Stage":"Done"}""", """{"Stage":2,"Rights":3,"Counts":{"not started":7}}""", """{"Stage":"ALL-DONE"}""" })
        {
            Try(() =>
            {
                Job job = JsonSerializer.Deserialize(json, FigureContext.Default.Job)!;
                Console.WriteLine($"{job.Stage} {job.Rights} {(job.Counts == null ? "" : string.Join(',', job.Counts))}");
            });
        }
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            Console.WriteLine(e.GetType().Name + ": " + e.Message);
        }
    }
}
