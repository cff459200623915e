using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Neptune.Contracts;

namespace Neptune.Client;

/// <summary>Data sets: each is read once into content-addressed chunks, and has versions.</summary>
public sealed partial class DatasetClient
{
    private readonly IGrainFactory _grains;
    private readonly ArtifactClient _artifacts;

    internal DatasetClient(IGrainFactory grains, ArtifactClient artifacts) =>
        (_grains, _artifacts) = (grains, artifacts);

    /// <summary>The names of all data sets that were imported.</summary>
    public async Task<IReadOnlyList<string>> ListAsync() =>
        await _grains.GetGrain<INameIndexGrain>(INameIndexGrain.Datasets).ListAsync();

    /// <summary>All versions of a data set, oldest first.</summary>
    public async Task<ImmutableArray<DatasetInfo>> ListVersionsAsync(string name) =>
        await Grain(name).ListVersionsAsync();

    /// <summary>A data set as <c>name</c>, <c>name@version</c> or <c>name@version:split</c>.</summary>
    /// <exception cref="NotFoundException">There is no such data set; the message offers the nearest.</exception>
    public async Task<DatasetView> GetAsync(string text)
    {
        var wanted = DatasetRef.Parse(text);
        var info = await Grain(wanted.Name.Value).GetAsync(wanted.Version);
        return new DatasetView(info, info.Splits.Keys.Order(StringComparer.Ordinal).First()).Split(wanted.Split);
    }

    /// <summary>What a version of a data set is; 0 is the latest.</summary>
    /// <exception cref="NotFoundException">There is no such data set or version; the message offers the nearest.</exception>
    public Task<DatasetInfo> GetInfoAsync(string name, int version = 0) => Grain(name).GetAsync(version);

    /// <summary>The handwritten digits that come with Neptune: 8x8 grey, splits train and test.</summary>
    public Task<DatasetView> DigitsAsync() => GetAsync("digits");

    /// <summary>
    /// Imports a folder of pictures: a folder per class, named as the class; folders called train, test and validation
    /// that hold such folders are splits.
    /// </summary>
    /// <param name="path">The folder on this machine; <c>~</c> is the user's home.</param>
    /// <param name="height">Pictures are resized to this height in pixels.</param>
    /// <param name="width">Pictures are resized to this width in pixels.</param>
    /// <param name="channels">1 for grey, 3 for colour.</param>
    /// <param name="name">The data set's name; null takes the folder's.</param>
    /// <param name="cancellation">Stops the upload.</param>
    /// <exception cref="InvalidInputException">A class is empty or a picture unreadable; the message names it.</exception>
    public async Task<DatasetView> ImageFolderAsync(
        string path,
        int height = 28,
        int width = 28,
        int channels = 1,
        string? name = null,
        CancellationToken cancellation = default
    )
    {
        var root = FolderOf(path);
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden };
        string Relative(string entry) => Path.GetRelativePath(root, entry).Replace(Path.DirectorySeparatorChar, '/');
        var folders = Directory
            .EnumerateDirectories(root, "*", options)
            .Select(d => new UploadedFile("", "", Relative(d) + "/", ""));
        var files = Directory.EnumerateFiles(root, "*", options).Order(StringComparer.Ordinal).ToList();
        var uploaded = await _artifacts.UploadFilesAsync(files, cancellation);
        return await ImportAsync(
            name ?? NameOf(root),
            new()
            {
                Format = "images",
                Files = [.. folders, .. files.Zip(uploaded, (f, a) => new UploadedFile("", "", Relative(f), a))],
                Height = height,
                Width = width,
                Channels = channels,
            }
        );
    }

    /// <summary>Imports a folder of IDX files, as MNIST comes in: train and t10k, images and labels, gzipped or not.</summary>
    /// <exception cref="InvalidInputException">A file is missing or broken; the message names it.</exception>
    public async Task<DatasetView> IdxFolderAsync(
        string path,
        string name,
        string provenance = "",
        CancellationToken cancellation = default
    )
    {
        var files = Directory
            .EnumerateFiles(FolderOf(path))
            .Where(f => f.Contains("-ubyte", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        var uploaded = await _artifacts.UploadFilesAsync(files, cancellation);
        return await ImportAsync(
            name,
            new()
            {
                Format = "idx",
                Files = [.. files.Zip(uploaded, (f, a) => new UploadedFile("", "", Path.GetFileName(f), a))],
                Provenance = provenance,
            }
        );
    }

    /// <summary>Imports samples with class numbers.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="featureShape">One sample's shape.</param>
    /// <param name="labels">The classes' names in order.</param>
    /// <param name="splits">Features (C order) and class numbers by split.</param>
    /// <exception cref="InvalidInputException">Lengths do not fit, or a class is out of range; the message says where.</exception>
    public async Task<DatasetView> FromArraysAsync(
        string name,
        IReadOnlyList<long> featureShape,
        IReadOnlyList<string> labels,
        IReadOnlyDictionary<string, (float[] Features, long[] Classes)> splits
    )
    {
        var files = await ArraysAsync(splits.Select(s => (s.Key, s.Value.Features, s.Value.Classes)), "classes");
        return await ImportAsync(
            name,
            new()
            {
                Format = "arrays",
                Files = files,
                FeatureShape = [.. featureShape],
                Labels = [.. labels],
            }
        );
    }

    /// <summary>Imports samples with target values.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="featureShape">One sample's shape.</param>
    /// <param name="targetWidth">The number of target values per sample.</param>
    /// <param name="splits">Features and targets (C order) by split.</param>
    /// <exception cref="InvalidInputException">Lengths do not fit; the message says where.</exception>
    public async Task<DatasetView> FromArraysAsync(
        string name,
        IReadOnlyList<long> featureShape,
        int targetWidth,
        IReadOnlyDictionary<string, (float[] Features, float[] Targets)> splits
    )
    {
        var files = await ArraysAsync(splits.Select(s => (s.Key, s.Value.Features, s.Value.Targets)), "targets");
        return await ImportAsync(
            name,
            new()
            {
                Format = "arrays",
                Files = files,
                FeatureShape = [.. featureShape],
                TargetWidth = targetWidth,
            }
        );
    }

    private async Task<DatasetView> ImportAsync(string name, DatasetImport import)
    {
        var info = await Grain(name).ImportAsync(import);
        var splits = info.Splits.Keys.Order(StringComparer.Ordinal).ToArray();
        return new(info, splits.Contains("train", StringComparer.Ordinal) ? "train" : splits[0]);
    }

    private async Task<ImmutableArray<UploadedFile>> ArraysAsync<TTarget>(
        IEnumerable<(string Split, float[] Features, TTarget[] Targets)> splits,
        string targetsName
    )
        where TTarget : unmanaged
    {
        var files = ImmutableArray.CreateBuilder<UploadedFile>();
        foreach (var (split, features, targets) in splits)
        {
            files.Add(new(split, "", "features", await UploadAsync(features)));
            files.Add(new(split, "", targetsName, await UploadAsync(targets)));
        }
        return files.ToImmutable();
    }

    private Task<string> UploadAsync<T>(T[] elements)
        where T : unmanaged => _artifacts.UploadAsync(MemoryMarshal.AsBytes(elements.AsSpan()).ToArray());

    private IDatasetGrain Grain(string name) => _grains.GetGrain<IDatasetGrain>(new DatasetName(name).Value);

    private static string FolderOf(string path)
    {
        var folder = Path.GetFullPath(LocalFiles.Expand(path));
        return Directory.Exists(folder)
            ? folder
            : throw new InvalidInputException(
                $"There is no folder '{path}'. Give the path of a folder on this machine."
            );
    }

    private static string NameOf(string folder)
    {
        var name = NotInNames()
            .Replace(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), "-")
            .Trim('-', '.', '_');
        return name.Length == 0 ? "images" : name;
    }

    [GeneratedRegex("[^A-Za-z0-9._-]+")]
    private static partial Regex NotInNames();
}
