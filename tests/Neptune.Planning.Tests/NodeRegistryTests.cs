using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

public sealed class NodeRegistryTests
{
    private static readonly JobId Holder = new("holder");

    [Fact]
    public void Given_a_silo_when_it_registers_then_its_nodes_are_there_and_free()
    {
        var registry = new NodeRegistry().Register(Silo("a", 1, 2)).Registry;
        Assert.Equal(["a/cpu:0", "a/cpu:1"], registry.Nodes.Select(n => n.Id.Value));
        Assert.All(registry.Nodes, n => Assert.Null(n.Job));
        Assert.Equal("a", Assert.Single(registry.Silos).Name);
    }

    [Fact]
    public void Given_a_working_node_when_its_silo_announces_itself_again_then_it_keeps_its_job()
    {
        var outcome = Working().Register(Silo("a", 1, 2));
        Assert.All(outcome.Registry.Nodes.Where(n => n.Id.Host == "a"), n => Assert.Equal(Holder, n.Job));
        Assert.Empty(outcome.Bereft);
    }

    [Fact]
    public void Given_a_working_node_when_its_silo_starts_anew_then_the_node_is_free_and_the_job_is_bereft()
    {
        var outcome = Working().Register(Silo("a", 2, 1));
        var node = Assert.Single(outcome.Registry.Nodes, n => n.Id.Host == "a");
        Assert.Null(node.Job);
        Assert.All(outcome.Bereft, lost => Assert.Equal((Holder, "a"), (lost.Job, lost.Node.Host)));
        Assert.NotEmpty(outcome.Bereft);
    }

    [Fact]
    public void Given_a_silo_when_it_is_removed_then_its_nodes_go_and_others_stay()
    {
        var outcome = Working().Remove("a", "silo-1");
        Assert.Equal(["b"], outcome.Registry.Nodes.Select(n => n.Id.Host).Distinct());
        Assert.All(outcome.Bereft, lost => Assert.Equal((Holder, "a"), (lost.Job, lost.Node.Host)));
        Assert.NotEmpty(outcome.Bereft);
    }

    [Fact]
    public void Given_a_new_start_when_the_end_of_the_old_one_is_told_late_then_nothing_changes()
    {
        var restarted = Working().Register(Silo("a", 2, 2)).Registry;
        Assert.Same(restarted, restarted.Remove("a", "silo-1").Registry);
    }

    [Fact]
    public void Given_a_drained_node_when_its_silo_starts_anew_then_it_is_still_drained()
    {
        var node = new NodeId("a/cpu:0");
        var registry = Working().Drain(node, true).Register(Silo("a", 2, 2)).Registry;
        Assert.True(registry.Nodes.First(n => n.Id == node).IsDrained);
        Assert.False(registry.Drain(node, false).Nodes.First(n => n.Id == node).IsDrained);
    }

    [Fact]
    public void Given_a_fenced_node_when_pardoned_then_it_gets_jobs_again_unless_it_is_fenced_for_another_fault()
    {
        var node = new NodeId("a/cpu:0");
        var fenced = Working().Fence(node, "wrong once");
        Assert.DoesNotContain(fenced.Pardon(node, "wrong once").Nodes, n => n.IsDrained || n.Fault is not null);
        Assert.Same(fenced, fenced.Pardon(node, "wrong twice"));
    }

    private static NodeRegistry Working() =>
        new NodeRegistry()
            .Register(Silo("a", 1, 2))
            .Registry.Register(Silo("b", 1, 1))
            .Registry.Assign(n => n.Id.Host == "a" ? Holder : null);

    private static SiloDescription Silo(string name, int start, int nodes) =>
        new()
        {
            Name = name,
            Silo = $"silo-{start}",
            Nodes =
            [
                .. Enumerable
                    .Range(0, nodes)
                    .Select(n => new NodeInfo
                    {
                        Id = new($"{name}/cpu:{n}"),
                        Threads = 1,
                        NumericsFingerprint = "numerics",
                    }),
            ],
        };
}
