namespace Neptune.Worker;

/// <summary>Another rank has said that the job cannot go on on any node.</summary>
internal sealed class JobFaultException(string message) : Exception(message);
