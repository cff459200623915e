using System.IO.Compression;
using System.Text;

namespace Neptune.Formats.Tests;

public sealed class KerasRecurrentDropoutTests
{
    [Theory]
    [InlineData("0.2", "0")]
    [InlineData("0", "0.2")]
    [InlineData("0.2", "0.2")]
    public void Given_a_recurrent_layer_that_drops_out_in_training_when_imported_then_it_answers_as_one_that_does_not(
        string dropout,
        string recurrentDropout
    )
    {
        var path = Path.Combine(KerasChecks.Folder, "files", "lstm_backwards.keras");
        using var file = new MemoryStream();
        file.Write(File.ReadAllBytes(path));
        using (var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = zip.GetEntry("config.json")!;
            string config;
            using (var reader = new StreamReader(entry.Open()))
            {
                config = reader.ReadToEnd();
            }
            entry.Delete();
            using var changed = zip.CreateEntry("config.json").Open();
            config = config
                .Replace("\"dropout\": 0", $"\"dropout\": {dropout}", StringComparison.Ordinal)
                .Replace(
                    "\"recurrent_dropout\": 0",
                    $"\"recurrent_dropout\": {recurrentDropout}",
                    StringComparison.Ordinal
                );
            changed.Write(Encoding.UTF8.GetBytes(config));
        }
        file.Position = 0;
        var model = KerasFormat.Import(file, "m.keras", null, new());
        var plain = ModelFormats.Import(path, new());
        Assert.Equal(plain.Weights.Keys, model.Weights.Keys);
        Assert.Equal(plain.Graph.Operations.Select(o => o.Type), model.Graph.Operations.Select(o => o.Type));
    }
}
