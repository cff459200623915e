using System.Collections.Immutable;
using Neptune.Contracts;

namespace Neptune.Planning.Tests;

public sealed class QueueRuleTests
{
    private static readonly Gen<ImmutableArray<NodeInfo>> Clusters = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2])
        .Array[0, 12]
        .Select(nodes =>
            nodes
                .Select((n, i) => Node(i, $"numerics-{n.Item1}", n.Item2 == 0 ? new JobId("holder") : null))
                .ToImmutableArray()
        );

    private static readonly Gen<ImmutableArray<QueuedJob>> Queues = Gen.Int[1, 6]
        .Array[0, 8]
        .Select(sizes => sizes.Select((nodes, i) => Waiting($"job-{i}", nodes)).ToImmutableArray());

    private static readonly Gen<(ImmutableArray<QueuedJob> Queue, ImmutableArray<NodeInfo> Nodes)> Facts = Gen.Select(
        Queues,
        Clusters
    );

    [Fact]
    public void Given_any_queue_when_decided_then_every_job_is_granted_or_told_why_it_waits() =>
        Facts.Sample(f =>
        {
            var decision = QueueRule.Decide(f.Queue, f.Nodes);
            Assert.Equal(
                f.Queue.AsEnumerable(),
                decision.Grants.Select(g => g.Job).Concat(decision.Waits.Select(w => w.Job))
            );
            Assert.All(decision.Waits, w => Assert.NotEmpty(w.Reason));
        });

    [Fact]
    public void Given_any_queue_when_decided_then_no_job_overtakes_an_older_one() =>
        Facts.Sample(f =>
        {
            var decision = QueueRule.Decide(f.Queue, f.Nodes);
            Assert.Equal(f.Queue.Take(decision.Grants.Length), decision.Grants.Select(g => g.Job));
        });

    [Fact]
    public void Given_any_queue_when_decided_then_a_job_gets_all_its_nodes_free_and_of_one_numerics() =>
        Facts.Sample(f =>
        {
            var byId = f.Nodes.ToDictionary(n => n.Id);
            foreach (var (job, nodes) in QueueRule.Decide(f.Queue, f.Nodes).Grants)
            {
                Assert.Equal(job.Nodes, nodes.Length);
                Assert.All(nodes, n => Assert.Null(byId[n.Id].Job));
                Assert.Single(nodes.Select(n => n.NumericsFingerprint).Distinct());
            }
        });

    [Fact]
    public void Given_any_queue_when_decided_then_no_node_is_given_twice() =>
        Facts.Sample(f =>
        {
            var given = QueueRule.Decide(f.Queue, f.Nodes).Grants.SelectMany(g => g.Nodes).ToArray();
            Assert.Equal(given.Distinct(), given);
        });

    [Fact]
    public void Given_any_queue_when_the_first_waits_then_no_numerics_has_enough_free_nodes() =>
        Facts.Sample(f =>
        {
            var decision = QueueRule.Decide(f.Queue, f.Nodes);
            if (decision.Waits is [var first, ..])
            {
                var taken = decision.Grants.SelectMany(g => g.Nodes).ToHashSet();
                Assert.DoesNotContain(
                    f.Nodes.Where(n => n.Job is null && !taken.Contains(n)).GroupBy(n => n.NumericsFingerprint),
                    kind => kind.Count() >= first.Job.Nodes
                );
            }
        });

    [Fact]
    public void Given_the_order_of_nodes_when_it_differs_then_the_decision_is_the_same() =>
        Facts.Sample(f =>
            Assert.Equal(
                QueueRule.Decide(f.Queue, f.Nodes).Grants.SelectMany(g => g.Nodes),
                QueueRule.Decide(f.Queue, [.. f.Nodes.Reverse()]).Grants.SelectMany(g => g.Nodes)
            )
        );

    [Fact]
    public void Given_a_small_job_behind_a_big_one_when_decided_then_both_wait_and_the_small_one_names_the_big_one()
    {
        var waits = QueueRule
            .Decide([Waiting("big", 2), Waiting("small", 1)], [Node(0, "a"), Node(1, "a", new JobId("holder"))])
            .Waits;
        Assert.Equal("needs 2 nodes of equal numerics, and 1 of 2 such are free", waits[0].Reason);
        Assert.Equal("waits behind big, which came first and needs 2 nodes", waits[1].Reason);
    }

    [Fact]
    public void Given_more_nodes_wanted_than_there_are_when_decided_then_the_reason_says_how_many_there_are()
    {
        var wait = Assert.Single(QueueRule.Decide([Waiting("big", 3)], [Node(0, "a"), Node(1, "a")]).Waits);
        Assert.Equal("needs 3 nodes, and the cluster has 2: ask for at most 2, or add nodes", wait.Reason);
    }

    [Fact]
    public void Given_enough_nodes_but_of_two_kinds_when_decided_then_the_reason_names_the_numerics()
    {
        var wait = Assert.Single(QueueRule.Decide([Waiting("big", 2)], [Node(0, "a"), Node(1, "b")]).Waits);
        Assert.Equal(
            "needs 2 nodes of equal numerics, and the cluster has at most 1 such: ask for at most 1, add nodes of one kind, "
                + "start all silos with --portable-numerics, or train with --mixed-numerics",
            wait.Reason
        );
    }

    [Fact]
    public void Given_free_nodes_of_two_kinds_when_decided_then_only_those_that_could_serve_count_as_free()
    {
        var wait = Assert.Single(
            QueueRule.Decide([Waiting("big", 2)], [Node(0, "a"), Node(1, "a", new JobId("holder")), Node(2, "b")]).Waits
        );
        Assert.Equal("needs 2 nodes of equal numerics, and 1 of 2 such are free", wait.Reason);
    }

    [Fact]
    public void Given_no_nodes_when_decided_then_the_reason_says_to_start_a_silo()
    {
        var wait = Assert.Single(QueueRule.Decide([Waiting("job", 1)], []).Waits);
        Assert.Equal(
            "needs 1 node, and the cluster has none that takes jobs: start a silo, or resume a drained node",
            wait.Reason
        );
    }

    [Fact]
    public void Given_fenced_nodes_alone_when_decided_then_the_reason_counts_them()
    {
        var fenced = Node(0, "a") with { IsDrained = true, Fault = "It computed something otherwise." };
        var wait = Assert.Single(QueueRule.Decide([Waiting("job", 1)], [fenced]).Waits);
        Assert.Contains(
            "none that takes jobs, and 1 node fenced for computing wrongly:",
            wait.Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Given_nodes_that_an_older_job_gets_now_when_decided_then_the_next_is_told_that_they_are_taken()
    {
        var decision = QueueRule.Decide([Waiting("first", 1), Waiting("next", 2)], [Node(0, "a"), Node(1, "a")]);
        Assert.Equal("needs 2 nodes of equal numerics, and 1 of 2 such are free", decision.Waits[0].Reason);
    }

    [Theory]
    [InlineData(1, 1, 3)] // takes what is free
    [InlineData(3, 1, 3)]
    [InlineData(4, 1, null)]
    [InlineData(2, 2, null)]
    public void Given_a_job_that_may_begin_with_fewer_when_decided_then_it_gets_what_is_free_of_one_kind(
        int least,
        int kinds,
        int? given
    )
    {
        var nodes = Enumerable.Range(0, 3).Select(i => Node(i, $"numerics-{(kinds == 1 ? 0 : i)}"));
        var job = Waiting("job-1", 5) with { Least = least };
        var decision = QueueRule.Decide([job], [.. nodes]);
        Assert.Equal(given, decision.Grants.Length == 0 ? null : decision.Grants[0].Nodes.Length);
    }

    [Fact]
    public void Given_a_drained_node_when_decided_then_no_job_gets_it()
    {
        var drained = Node(0, "a") with { IsDrained = true };
        Assert.Empty(QueueRule.Decide([Waiting("job", 1)], [drained]).Grants);
        Assert.Equal(
            [Samples.Node(1)],
            Assert.Single(QueueRule.Decide([Waiting("job", 1)], [drained, Node(1, "a")]).Grants).Nodes.Select(n => n.Id)
        );
    }

    [Fact]
    public void Given_mixed_numerics_allowed_when_one_kind_suffices_then_it_is_taken_and_else_all_kinds()
    {
        var job = Waiting("job", 2) with { MixedNumerics = true };
        var one = QueueRule.Decide([job], [Node(0, "a"), Node(1, "b"), Node(2, "b")]).Grants;
        Assert.Single(Assert.Single(one).Nodes.Select(n => n.NumericsFingerprint).Distinct());
        var two = QueueRule.Decide([job], [Node(0, "a"), Node(1, "b")]).Grants;
        Assert.Equal(["a", "b"], Assert.Single(two).Nodes.Select(n => n.NumericsFingerprint));
    }

    [Fact]
    public void Given_a_job_of_a_users_module_when_decided_then_it_gets_only_nodes_that_have_just_that_one()
    {
        var job = Waiting("job", 2) with { Modules = [MyNet] };
        var decision = QueueRule.Decide([job], [Node(0, "a"), Old(1), Having(2, MyNet), Having(3, MyNet)]);
        Assert.Equal([Samples.Node(2), Samples.Node(3)], Assert.Single(decision.Grants).Nodes.Select(n => n.Id));
    }

    [Fact]
    public void Given_too_few_nodes_with_a_users_module_when_decided_then_the_reason_says_what_each_of_the_others_has()
    {
        var job = Waiting("job", 2) with { Modules = [MyNet] };
        var other = MyNet with { Sha256 = new('2', 64) };
        var nodes = ImmutableArray.Create(Having(0, MyNet), Old(1), Having(2, other), Node(3, "a"));
        var wait = Assert.Single(QueueRule.Decide([job], nodes).Waits);
        Assert.Equal(
            "needs module my-net 1.2 (111111111111) on 2 nodes, and 1 node of 4 has all that it needs: node local/cpu:1 has "
                + "my-net 1.1, node local/cpu:2 has my-net 1.2 (222222222222), another assembly, node local/cpu:3 has none. "
                + "Start their silos with its assembly (--modules), or ask for at most 1",
            wait.Reason
        );
    }

    [Fact]
    public void Given_nodes_with_a_users_module_that_work_when_decided_then_the_reason_counts_those_alone()
    {
        var job = Waiting("job", 2) with { Modules = [MyNet] };
        var busy = Having(1, MyNet) with { Job = new JobId("holder") };
        var wait = Assert.Single(QueueRule.Decide([job], [Having(0, MyNet), busy, Node(2, "a")]).Waits);
        Assert.Equal("needs 2 nodes of equal numerics, and 1 of 2 such are free", wait.Reason);
    }

    [Fact]
    public void Given_a_job_of_a_users_module_that_grows_when_decided_then_nodes_without_it_are_not_taken_in()
    {
        var job = Waiting("job", 2) with { Modules = [MyNet], Grows = true };
        var own = Having(0, MyNet) with { Job = job.Job };
        var decision = QueueRule.Decide([job], [own, Old(1), Having(2, MyNet)]);
        Assert.Equal([Samples.Node(2)], Assert.Single(decision.Grants).Nodes.Select(n => n.Id));
        Assert.Equal(1, Assert.Single(decision.Left).Nodes);
    }

    [Fact]
    public void Given_a_users_module_that_no_node_has_when_submitted_then_it_is_refused_with_what_they_have()
    {
        ModuleRules.Check([MyNet], []); // nobody is there to ask: it waits
        ModuleRules.Check([MyNet], [Old(0), Having(1, MyNet)]);
        var error = Assert.Throws<JobRejectedException>(() => ModuleRules.Check([MyNet], [Old(0), Node(1, "a")]));
        Assert.Equal(
            "The job cannot run: it needs module my-net 1.2 (111111111111), which no node has: node local/cpu:0 has my-net 1.1, "
                + "node local/cpu:1 has none. Start silos with its assembly (--modules).",
            error.Message
        );
    }

    [Fact]
    public void Given_a_job_of_a_users_module_when_it_queues_and_grows_then_the_scheduler_is_told_of_the_module()
    {
        var submitted = JobStateMachine.Submit(Samples.Job, Samples.Spec, Samples.Digits, Samples.Now, MyNet);
        Assert.Equal([MyNet], Assert.IsType<JobCommand.Enqueue>(Assert.Single(submitted.Commands)).Job.Modules);
        var granted = JobStateMachine.Grant(submitted.State, 1, Samples.Granted(1), 0, Samples.Token, Samples.Now);
        var growth = Assert.Single(granted.Commands.OfType<JobCommand.Enqueue>()).Job;
        Assert.True(growth.Grows);
        Assert.Equal([MyNet], growth.Modules);
    }

    private static readonly NodeModule MyNet = new("my-net", "1.2", new('1', 64));

    private static NodeInfo Having(int number, NodeModule module) => Node(number, "a") with { Modules = [module] };

    private static NodeInfo Old(int number) => Having(number, MyNet with { Version = "1.1" });

    private static QueuedJob Waiting(string job, int nodes) => new(new(job), 1, nodes);

    private static NodeInfo Node(int number, string numerics, JobId? job = null) =>
        new()
        {
            Id = Samples.Node(number),
            Threads = 1,
            NumericsFingerprint = numerics,
            Job = job,
        };
}
