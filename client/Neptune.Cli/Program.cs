using Neptune.Cli;

return await CommandTree.RunAsync(args);
