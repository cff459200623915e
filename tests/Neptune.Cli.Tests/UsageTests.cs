namespace Neptune.Cli.Tests;

public class UsageTests
{
    [Theory]
    [InlineData("qickstart", "Did you mean quickstart?")]
    [InlineData("jobs lst", "Did you mean list?")]
    [InlineData("train --epoch 3", "Did you mean --epochs?")]
    [InlineData("train --epoch", "Did you mean --epochs?")]
    [InlineData("train --weights a.caffemodel --data digits", "--weights belongs to a model file.")]
    [InlineData(
        "train net.onnx --model dense:10 --data digits",
        "--model and the file net.onnx are two things to train."
    )]
    [InlineData("train --model dense:10 --data digits --epochs 2 --steps 9", "--epochs and --steps both say how long")]
    [InlineData("train --steps 0 --data digits", "--steps is 0. Give a whole number of at least 1.")]
    [InlineData("train --model dense:10 --data digits --metrics acuracy", "Did you mean accuracy?")]
    [InlineData("train net.onnx --resume job-1", "A resumed job keeps its model.")]
    [InlineData("train net.onnx", "There is no --data.")]
    [InlineData("models import net.onnx --input-mean 0.5,x", "--input-mean is 0.5,x. Give numbers with commas")]
    [InlineData("quickstart --nodes 0", "--nodes is 0. Give a whole number of at least 1.")]
    [InlineData("quickstart --nodes many", "--nodes is many.")]
    [InlineData("train --validation-split 1 --data digits", "at least 0 and less than 1")]
    [InlineData("train --model flatten,dnse:10 --data digits", "Did you mean dense?")]
    [InlineData("train --model dense:10:rleu --data digits", "Did you mean relu?")]
    [InlineData("train --model dense:10 --data digits --optimizer adm", "Did you mean adam")]
    [InlineData("train --model dense:10", "There is no --data.")]
    [InlineData("train --resume job-1 --epochs 3", "Leave out --epochs")]
    [InlineData("data import . --size 28", "--size is 28. Give HEIGHTxWIDTH")]
    [InlineData("data fetch minst", "Did you mean mnist?")]
    [InlineData("deploy quickstart --name two@words", "two@words")]
    [InlineData("nodes list --cluster a:1 --data-dir b", "not both")]
    [InlineData("nodes list --cluster nowhere", "write HOST:PORT")]
    [InlineData("jobs", "Give one of: list, show, events, scale, cancel, resume, checkpoints, fork, verify, trace.")]
    [InlineData(
        "train --model dense:10 --data digits --keep-last 0",
        "--keep-last is 0. Give a whole number of at least 1."
    )]
    [InlineData("train --model dense:10 --data digits --keep-every 0", "--keep-every is 0. Give a number above 0")]
    [InlineData("train --model dense:10 --data digits --checkpoint-every -1", "--checkpoint-every is -1.")]
    [InlineData("train --model dense:10 --data digits --from job-1@last", "write JOB or JOB@STEP")]
    [InlineData("train --resume job-1 --keep-last 2", "Leave out --keep-last")]
    [InlineData("jobs fork job-1 --learning-rate 0", "--learning-rate is 0. Give a number above 0")]
    [InlineData("jobs fork job-1 --optimizer adam:0.1 --learning-rate 0.1", "not both")]
    [InlineData(
        "train --model flatten,dense:10 --data digits --freeze conv*",
        "--freeze is for a model of the registry"
    )]
    [InlineData(
        "train --model lenet --data digits --from job-1@3",
        "--from and a model of the registry are two things"
    )]
    [InlineData("models export lenet --format h5", "--format is h5. Valid are")]
    [InlineData("models import lenet.pt --input-shape 1,x", "--input-shape is 1,x. Give a sample's lengths")]
    [InlineData("models import lenet.onnx --input-scale 0", "--input-scale is 0. Give a number above 0")]
    [InlineData("models verify lenet --input a --expected b --tolerance -1", "--tolerance is -1. Give a number from 0")]
    [InlineData("jobs verify job-1 --from x", "--from is x. Give the number of a step")]
    public async Task Given_wrong_usage_when_run_then_one_line_offers_what_is_right_and_the_exit_code_is_2(
        string line,
        string said
    )
    {
        using var folder = new TemporaryFolder();
        var ended = await NeptuneProcess.RunAsync(folder.Path, line.Split(' '));
        Assert.Contains(said, ended.Errors);
        Assert.StartsWith("error: ", ended.Errors);
        Assert.Single(ended.Errors.Trim().Split('\n'));
        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.Lines);
    }

    [Fact]
    public async Task Given_wrong_usage_and_json_when_run_then_the_last_object_is_the_error()
    {
        using var folder = new TemporaryFolder();
        var ended = await NeptuneProcess.RunAsync(folder.Path, "quickstart", "--nodes", "0", "--json");
        Assert.Equal("error", ended.Last.GetProperty("event").GetString());
        Assert.Equal(2, ended.Last.GetProperty("exitCode").GetInt32());
        Assert.Contains("--nodes is 0", ended.Last.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Given_nobody_at_the_address_when_connecting_then_the_exit_code_is_3()
    {
        using var folder = new TemporaryFolder();
        var ended = await NeptuneProcess.RunAsync(folder.Path, "nodes", "list", "--cluster", "localhost:1");
        Assert.Equal(3, ended.ExitCode);
        Assert.Contains("localhost:1", ended.Errors);
    }

    [Fact]
    public async Task Given_a_data_folder_that_cannot_be_made_when_run_then_the_error_names_it()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "");
        var ended = await NeptuneProcess.RunAsync(Path.Combine(file, "below"), "nodes", "list");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(file, ended.Errors);
        Assert.DoesNotContain("Unexpected", ended.Errors);
    }

    [Theory]
    [InlineData("train --model dense:10:softmax --data digit", "Did you mean digits?")]
    [InlineData("train --model dense:10:softmax --data digits:tests", "Did you mean test?")]
    [InlineData(
        "train --model flatten,dense:10:softmax --data digits --batch 2000",
        "larger than the 1438 training samples"
    )]
    [InlineData("jobs show job-unknown", "jobs list")]
    [InlineData("jobs checkpoints job-unknown", "jobs list")]
    [InlineData("jobs fork job-unknown", "jobs list")]
    [InlineData("jobs verify job-unknown", "jobs list")]
    [InlineData("models show quickstart", "There is no model 'quickstart'")]
    [InlineData("data import missing-folder", "There is no folder 'missing-folder'")]
    public async Task Given_what_is_not_there_when_run_then_the_error_offers_what_is_and_the_exit_code_is_1(
        string line,
        string said
    )
    {
        using var folder = new TemporaryFolder();
        var ended = await NeptuneProcess.RunAsync(folder.Path, line.Split(' '));
        Assert.Contains(said, ended.Errors);
        Assert.Single(ended.Errors.Trim().Split('\n'));
        Assert.Equal(1, ended.ExitCode);
    }

    [Fact]
    public async Task Given_a_pipe_when_quickstart_writes_then_there_is_no_escape_code()
    {
        using var folder = new TemporaryFolder();
        var ended = (await NeptuneProcess.RunAsync(folder.Path, "quickstart", "--epochs", "2")).Succeeded();
        Assert.DoesNotContain('\u001b', ended.Text + ended.Errors);
        Assert.Contains("ShardGrain: shards [0,4) on 2 nodes", ended.Text);
        Assert.Contains("SHA-256 of the weights", ended.Text);
        Assert.Contains("Ten test digits", ended.Text);
    }
}
