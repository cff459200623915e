using Neptune.Contracts;

namespace Neptune.Planning.Tests;

/// <summary>What follows where a node computes wrongly.</summary>
public sealed class RollBackTests
{
    private static readonly RollBack Named = new(
        new(50, 0),
        [new(Samples.Node(1), "It computed the gradient of shard 3 otherwise.")],
        "It computed the gradient of shard 3 otherwise."
    );

    private static readonly RollBack Unnamed = Named with { Wrong = [], Evidence = "The replicas differ." };

    private static readonly RollBack Spoilt = Named with
    {
        Wrong = [new(Samples.Node(1), "Its gradient was not finite.")],
        Evidence = "Step 61: the gradient is not finite.",
        MayHaveDiverged = true,
        Step = 61,
    };

    [Fact]
    public void Given_a_rank_that_says_to_roll_back_when_decided_then_the_generation_is_dissolved_at_once()
    {
        var current = Running().Generation!;
        var said = new RankStatement
        {
            Generation = current.Number,
            Node = Samples.Node(0),
            Version = new(60, 0),
            RollBack = Named,
        };
        var decision = MembershipPlanner.Decide(
            new(current, [said], [], []),
            shards: 4,
            patienceIsOver: false,
            "token",
            Samples.Now
        );
        var next = Assert.IsType<MembershipDecision.Next>(decision).Generation;
        Assert.True(next.IsDissolved);
        Assert.Equal((Named, Named.Cause, 2), (next.RollBack, next.Cause, next.Number));
        Assert.Equal("node local/cpu:1: It computed the gradient of shard 3 otherwise.", next.Cause);
    }

    [Fact]
    public void Given_a_named_node_when_the_job_hears_of_it_then_it_is_fenced_and_the_job_goes_on_from_what_is_right()
    {
        var state = Running();
        var outcome = JobStateMachine.RollBack(state, Dissolved(state, Named), Samples.Now);
        var snapshot = outcome.State.Snapshot;
        Assert.Equal((JobPhase.Queued, 2), (snapshot.Phase, outcome.State.Attempt));
        Assert.Equal(10, snapshot.Generations[^1].StepsLost);
        Assert.Collection(
            outcome.Commands,
            command => Assert.Equal(Named.Wrong, Assert.IsType<JobCommand.Fence>(command).Nodes),
            command => Assert.IsType<JobCommand.Release>(command),
            command => Assert.Equal(1, Assert.IsType<JobCommand.Enqueue>(command).Job.Needs) // without the one that was wrong
        );
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(55, false)]
    public void Given_a_package_when_rolled_back_then_it_is_used_only_where_it_is_no_newer_than_what_is_right(
        long step,
        bool isUsed
    )
    {
        var state = Running();
        state = state with { Snapshot = state.Snapshot with { Package = Samples.Package(step) } };
        var outcome = JobStateMachine.RollBack(state, Dissolved(state, Named), Samples.Now);
        Assert.Equal(isUsed ? Samples.Package(step) : null, outcome.State.Snapshot.Package);
        Assert.Equal(isUsed ? Samples.Package(step).Artifact : null, outcome.State.Snapshot.Spec.ResumeFrom);
    }

    [Fact]
    public void Given_the_same_news_again_when_heard_then_nothing_changes()
    {
        var state = Running();
        var newest = Dissolved(state, Named);
        var queued = JobStateMachine.RollBack(state, newest, Samples.Now).State;
        var again = JobStateMachine.RollBack(queued, newest, Samples.Now);
        Assert.Same(queued, again.State);
        Assert.Empty(again.Commands);
    }

    [Fact]
    public void Given_nobody_can_be_named_again_and_again_when_rolled_back_then_the_job_fails_at_last()
    {
        var state = Running();
        for (var times = 1; times <= 3; times++)
        {
            var outcome = JobStateMachine.RollBack(state, Dissolved(state, Unnamed), Samples.Now);
            Assert.Equal(JobPhase.Queued, outcome.State.Snapshot.Phase);
            state = outcome.State with { Snapshot = outcome.State.Snapshot with { Phase = JobPhase.Running } };
        }
        var last = JobStateMachine.RollBack(state, Dissolved(state, Unnamed), Samples.Now).State.Snapshot;
        Assert.Equal(JobPhase.Failed, last.Phase);
        Assert.Contains("It was the 4th time", last.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_a_gradient_that_is_not_finite_when_rolled_back_then_the_job_goes_on_once_and_fails_where_it_comes_again()
    {
        var spoilt = Unnamed with { Evidence = "Step 42: the gradient is not finite.", MayHaveDiverged = true };
        var state = Again(JobStateMachine.RollBack(Running(), Dissolved(Running(), spoilt), Samples.Now).State);
        Assert.Equal(0, state.Undecided);
        var elsewhere = spoilt with { Evidence = "Step 47: the gradient is not finite." };
        state = state with { Snapshot = state.Snapshot with { Package = Samples.Package(56) } };
        state = Again(JobStateMachine.RollBack(state, Dissolved(state, elsewhere), Samples.Now).State);
        Assert.Null(state.Snapshot.Package);
        var again = elsewhere with { To = new(55, 0), Package = Samples.Package(54) }; // more was checked this time
        var last = JobStateMachine.RollBack(state, Dissolved(state, again), Samples.Now);
        Assert.Equal(JobPhase.Failed, last.State.Snapshot.Phase);
        Assert.Equal(elsewhere.Evidence, last.State.Snapshot.Reason);
        Assert.Equal(Samples.Package(56), last.State.Snapshot.Package); // both times were equal up to there
        Assert.Equal(56, last.State.Snapshot.Step);
        Assert.IsType<JobCommand.Release>(Assert.Single(last.Commands));
    }

    [Fact]
    public void Given_one_node_after_another_is_named_at_one_place_when_rolled_back_then_the_job_fails_and_they_are_pardoned()
    {
        var state = Again(JobStateMachine.RollBack(Running(), Dissolved(Running(), Named), Samples.Now).State);
        var outcome = JobStateMachine.RollBack(state, Dissolved(state, Of(2)), Samples.Now);
        Assert.Equal(JobPhase.Failed, outcome.State.Snapshot.Phase);
        Assert.Contains("node local/cpu:2: It was wrong.", outcome.State.Snapshot.Reason, StringComparison.Ordinal);
        Assert.Contains("Before, local/cpu:1 did so", outcome.State.Snapshot.Reason, StringComparison.Ordinal);
        Assert.Contains("is not repeatable", outcome.State.Snapshot.Reason, StringComparison.Ordinal);
        Assert.Collection(
            outcome.Commands,
            command => Assert.Equal(Named.Wrong, Assert.IsType<JobCommand.Pardon>(command).Nodes),
            command => Assert.IsType<JobCommand.Release>(command)
        );
    }

    [Fact]
    public void Given_another_node_is_named_further_on_when_rolled_back_then_the_job_goes_on_without_both()
    {
        var state = Again(JobStateMachine.RollBack(Running(), Dissolved(Running(), Named), Samples.Now).State);
        var further = Of(2) with { To = new(55, 0) };
        var outcome = JobStateMachine.RollBack(state, Dissolved(state, further), Samples.Now);
        Assert.Equal(JobPhase.Queued, outcome.State.Snapshot.Phase);
        Assert.Equal(further.Wrong, Assert.IsType<JobCommand.Fence>(outcome.Commands[0]).Nodes);
        Assert.Equal(further.Wrong, outcome.State.Accused);
    }

    [Fact]
    public void Given_the_same_node_is_named_again_when_rolled_back_then_the_job_goes_on()
    {
        var state = Again(JobStateMachine.RollBack(Running(), Dissolved(Running(), Named), Samples.Now).State);
        var outcome = JobStateMachine.RollBack(state, Dissolved(state, Named), Samples.Now);
        Assert.Equal(JobPhase.Queued, outcome.State.Snapshot.Phase);
    }

    [Fact]
    public void Given_a_job_that_is_being_cancelled_when_rolled_back_then_it_is_cancelled()
    {
        var state = Running();
        state = state with { Snapshot = state.Snapshot with { Phase = JobPhase.Cancelling } };
        var outcome = JobStateMachine.RollBack(state, Dissolved(state, Named), Samples.Now);
        Assert.Equal(JobPhase.Cancelled, outcome.State.Snapshot.Phase);
    }

    [Fact]
    public void Given_a_node_whose_gradient_was_not_finite_when_that_comes_again_without_it_then_the_job_fails_and_it_is_pardoned()
    {
        var state = Accused();
        var again = Spoilt with { Wrong = [new(Samples.Node(0), "It did so too.")], To = new(55, 0) };
        var last = JobStateMachine.RollBack(state, Dissolved(state, again), Samples.Now);
        Assert.Equal(JobPhase.Failed, last.State.Snapshot.Phase);
        Assert.Equal(Spoilt.Evidence, last.State.Snapshot.Reason); // which blames nobody
        Assert.Empty(last.State.Accused);
        AssertPardoned(last);
    }

    [Fact]
    public void Given_a_node_whose_gradient_was_not_finite_when_the_job_ends_before_that_step_then_it_is_pardoned()
    {
        var state = Stepped(Accused(), 61);
        AssertPardoned(JobStateMachine.Cancel(state with { Snapshot = Queued(state) }, "", Samples.Now));
        var paused = JobStateMachine.Recover(state, [], "all are gone", resumes: false, Samples.Now);
        Assert.Equal(JobPhase.Paused, paused.State.Snapshot.Phase);
        AssertPardoned(paused);
        AssertPardoned(JobStateMachine.Remind(paused.State, [], null, true, Samples.Now)); // the word may have been lost
        Assert.Empty(JobStateMachine.Resume(paused.State).State.OpenCharges);
    }

    [Fact]
    public void Given_a_node_whose_gradient_was_not_finite_when_the_job_is_past_that_step_then_it_stays_fenced()
    {
        var state = Stepped(Accused(), 62);
        var outcome = JobStateMachine.Cancel(state with { Snapshot = Queued(state) }, "", Samples.Now);
        Assert.IsType<JobCommand.Release>(Assert.Single(outcome.Commands));
    }

    // Fenced, and the job is at work again.
    private static JobState Accused()
    {
        var outcome = JobStateMachine.RollBack(Running(), Dissolved(Running(), Spoilt), Samples.Now);
        Assert.Equal(Spoilt.Wrong, Assert.IsType<JobCommand.Fence>(outcome.Commands[0]).Nodes);
        Assert.Equal(JobPhase.Queued, outcome.State.Snapshot.Phase);
        return Again(outcome.State);
    }

    private static JobState Stepped(JobState state, long step) =>
        JobStateMachine
            .Report(
                state,
                ReportMerge.Silent(Samples.Job, state.Snapshot.Generation, 0, 2) with
                {
                    Step = step,
                },
                Samples.Now
            )
            .State;

    private static JobSnapshot Queued(JobState state) => state.Snapshot with { Phase = JobPhase.Queued };

    private static void AssertPardoned(JobStateMachine.Outcome outcome) =>
        Assert.Collection(
            outcome.Commands,
            command => Assert.Equal(Spoilt.Wrong, Assert.IsType<JobCommand.Pardon>(command).Nodes),
            command => Assert.IsType<JobCommand.Release>(command)
        );

    private static RollBack Of(int node) =>
        Named with
        {
            Wrong = [new(Samples.Node(node), "It was wrong.")],
            Evidence = "It was wrong.",
        };

    private static JobState Again(JobState state) =>
        state with
        {
            Snapshot = state.Snapshot with { Phase = JobPhase.Running },
        };

    private static JobState Running()
    {
        var state = JobEvents.JobIn(JobPhase.Running);
        return state with { Snapshot = state.Snapshot with { Step = 60 } };
    }

    private static Generation Dissolved(JobState state, RollBack back) =>
        new()
        {
            Job = Samples.Job,
            Number = state.Generation!.Number + 1,
            Attempt = state.Attempt,
            Token = "token",
            Ranks = [],
            Cause = back.Cause,
            RollBack = back,
        };
}
