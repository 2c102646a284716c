// The n-body simulation of the outer planets: double arithmetic and square roots over a small array of objects.

using System;

namespace SpeedSet;

/// <summary>Floating point.</summary>
internal static class NBody
{
    private const int Steps = 500_000;
    private const double SolarMass = 4 * Math.PI * Math.PI;
    private const double DaysPerYear = 365.24;

    private sealed class Body(double x, double y, double z, double vx, double vy, double vz, double mass)
    {
        public double X = x;
        public double Y = y;
        public double Z = z;
        public double Vx = vx * DaysPerYear;
        public double Vy = vy * DaysPerYear;
        public double Vz = vz * DaysPerYear;
        public double Mass = mass * SolarMass;
    }

    public static void Main() => Rounds.Run(nameof(NBody), Round);

    private static long Round()
    {
        Body[] bodies = Bodies();
        for (int i = 0; i < Steps; i++)
        {
            Advance(bodies, 0.01);
        }

        // To ten digits: the order of operations is the source's on both sides.
        return (long)(Energy(bodies) * 1e10);
    }

    private static Body[] Bodies() =>
    [
        new(0, 0, 0, 0, 0, 0, 1),
        new(4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
        new(8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
        new(12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
        new(15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451),
    ];

    private static void Advance(Body[] bodies, double dt)
    {
        for (int i = 0; i < bodies.Length; i++)
        {
            Body a = bodies[i];
            for (int j = i + 1; j < bodies.Length; j++)
            {
                Body b = bodies[j];
                double dx = a.X - b.X;
                double dy = a.Y - b.Y;
                double dz = a.Z - b.Z;
                double square = (dx * dx) + (dy * dy) + (dz * dz);
                double magnitude = dt / (square * Math.Sqrt(square));
                a.Vx -= dx * b.Mass * magnitude;
                a.Vy -= dy * b.Mass * magnitude;
                a.Vz -= dz * b.Mass * magnitude;
                b.Vx += dx * a.Mass * magnitude;
                b.Vy += dy * a.Mass * magnitude;
                b.Vz += dz * a.Mass * magnitude;
            }
        }

        foreach (Body body in bodies)
        {
            body.X += dt * body.Vx;
            body.Y += dt * body.Vy;
            body.Z += dt * body.Vz;
        }
    }

    private static double Energy(Body[] bodies)
    {
        double energy = 0;
        for (int i = 0; i < bodies.Length; i++)
        {
            Body a = bodies[i];
            energy += 0.5 * a.Mass * ((a.Vx * a.Vx) + (a.Vy * a.Vy) + (a.Vz * a.Vz));
            for (int j = i + 1; j < bodies.Length; j++)
            {
                double dx = a.X - bodies[j].X;
                double dy = a.Y - bodies[j].Y;
                double dz = a.Z - bodies[j].Z;
                energy -= a.Mass * bodies[j].Mass / Math.Sqrt((dx * dx) + (dy * dy) + (dz * dz));
            }
        }

        return energy;
    }
}
