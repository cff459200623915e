using Neptune.Silo;

return await SiloCommand.RunAsync(args);
