import { Command } from "commander";
import { type CliIo, processIo } from "./cli-io.ts";
import { type ConnectOptions, connect, connectOptions } from "./connect.ts";
import { lagExitCode, lagTable } from "./table.ts";

/** `selvedge projections`: the read models of a running server, and how far behind they are. */
export function projectionsCommand(io: CliIo = processIo): Command {
  const projections = new Command("projections").description("look at a server's read models");
  const list = projections
    .command("list")
    .description("show each read model's lag; exits with 2 where one is over its promise")
    .option("--json", "print as JSON");
  for (const option of connectOptions) list.addOption(option);
  list.action(async (options: ConnectOptions & { json?: boolean }) => {
    const client = await connect(options, io);
    const lag = await client.operations.lag();
    io.out(options.json ? JSON.stringify(lag, null, 2) : lagTable(lag));
    io.exitWith(lagExitCode(lag));
  });
  return projections;
}
