using System.Text.RegularExpressions;

namespace Neptune.Architecture.Tests;

public sealed partial class ProjectReferenceTests
{
    // An arrow means "may reference"; what is not listed is not allowed: rules stay testable with no GPU, socket or silo.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["ModelGraph"] = [],
        ["Formats"] = ["ModelGraph"],
        ["Data"] = [],
        ["Collectives"] = [],
        ["Contracts"] = [],
        ["Planning"] = ["Contracts", "ModelGraph"],
        ["Torch"] = ["Planning", "ModelGraph", "Data"],
        ["Worker"] = ["Planning", "Torch", "Collectives", "Data"],
        ["Grains"] = ["Contracts", "Planning"],
        ["Storage"] = ["Contracts", "Planning"],
        ["Client"] = ["Contracts", "Formats", "ModelGraph"],
        ["Hosting"] =
        [
            "Client",
            "Collectives",
            "Contracts",
            "Data",
            "Grains",
            "ModelGraph",
            "Planning",
            "Storage",
            "Torch",
            "Worker",
        ],
        ["Silo"] = ["Hosting"],
        ["Cli"] = ["Client", "Formats", "Hosting", "Data"],
    };

    public static TheoryData<string> Products => [.. Repository.Products.Select(p => p.Key)];

    [Theory]
    [MemberData(nameof(Products))]
    public void Given_a_project_when_it_references_another_then_the_table_allows_it(string project)
    {
        Assert.True(
            Allowed.TryGetValue(WordOf(project), out var allowed),
            $"{project} is not in the table of allowed references: add it."
        );
        var references = Repository
            .Attributes(Repository.Projects[project], "ProjectReference", "Include")
            .Select(r => WordOf(Path.GetFileNameWithoutExtension(r)));
        Assert.Empty(references.Except(allowed!, StringComparer.Ordinal));
    }

    [Fact]
    public void Given_the_table_when_compared_with_the_disk_then_each_row_is_a_project() =>
        Assert.Empty(Allowed.Keys.Except(Repository.Products.Select(p => WordOf(p.Key)), StringComparer.Ordinal));

    [Fact]
    public void Given_the_solution_when_compared_with_the_disk_then_both_have_the_same_projects()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Neptune.Orleans.sln"));
        var listed = ProjectPath().Matches(solution).Select(m => m.Groups[1].Value.Replace('\\', '/'));
        Assert.Equal(
            Repository.Projects.Values.Select(Repository.Relative).Order(StringComparer.Ordinal),
            listed.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Given_any_project_when_it_uses_a_package_then_the_version_stands_in_the_central_file()
    {
        var files = Repository.Projects.Values.Append(Path.Combine(Repository.Root, "Directory.Build.props"));
        var central = Repository
            .Attributes(Path.Combine(Repository.Root, "Directory.Packages.props"), "PackageVersion", "Include")
            .ToHashSet(StringComparer.Ordinal);
        foreach (var file in files)
        {
            Assert.Empty(Repository.Attributes(file, "PackageReference", "Version"));
            Assert.Empty(Repository.Attributes(file, "PackageReference", "VersionOverride"));
            Assert.Subset(central, Repository.Attributes(file, "PackageReference", "Include").ToHashSet());
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/projects.md")]
    public void Given_a_page_that_maps_the_projects_when_read_then_it_names_each(string page)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, page));
        Assert.All(Repository.Projects.Keys, p => Assert.Contains(p, text, StringComparison.Ordinal));
    }

    private static string WordOf(string project) => project[(project.LastIndexOf('.') + 1)..];

    [GeneratedRegex("""^Project\("[^"]+"\) = "[^"]+", "([^"]+\.csproj)",""", RegexOptions.Multiline)]
    private static partial Regex ProjectPath();
}
