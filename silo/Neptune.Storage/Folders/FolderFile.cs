using System.Text.Json;

namespace Neptune.Storage;

/// <summary>Small JSON files of a data folder: replaced at once, never half-written.</summary>
internal static class FolderFile
{
    public const string Cluster = "cluster.json";
    public const string Started = "up.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Null where there is none.</summary>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static T? Read<T>(string folder, string name)
        where T : class
    {
        var file = Path.Combine(folder, name);
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(file), Json);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new StorageException(
                $"'{file}' is no description of a cluster: {e.Message} Delete it, and start the cluster again.",
                e
            );
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(file, e);
        }
    }

    /// <exception cref="StorageException">It cannot be written.</exception>
    public static void Write<T>(string folder, string name, T value)
    {
        try
        {
            WriteText(folder, name, JsonSerializer.Serialize(value, Json));
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            throw DiskError.At(Path.Combine(folder, name), e);
        }
    }

    public static void WriteText(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        var temporary = path + ".part";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Whoever uses the folder next removes what could not be removed now.</summary>
    public static void DeleteQuietly(string folder, string name)
    {
        try
        {
            File.Delete(Path.Combine(folder, name));
        }
        catch (Exception e) when (DiskError.IsDiskError(e))
        {
            // See the summary.
        }
    }
}
