import { Command } from "commander";
import type { Role } from "../kernel/engine.ts";
import type { Releases } from "../kernel/install-read-models.ts";
import { type ApplicationOptions, loadApplication } from "./application.ts";
import { type CliIo, processIo } from "./cli-io.ts";
import { startServer, untilAsked } from "./running-server.ts";
import { callsPerMinuteOption, rolesOption, serverOptions } from "./server-options.ts";

interface Options extends ApplicationOptions {
  readonly port: number;
  readonly host: string;
  readonly dataDir?: string;
  readonly roles: readonly Role[];
  readonly migrate: string | boolean;
  readonly releases: Releases;
  readonly callsPerMinute?: number;
}

/** `selvedge serve`: a server for one or more roles, without the generated day. */
export function serveCommand(io: CliIo = processIo): Command {
  const command = new Command("serve")
    .description("serve commands, queries, refreshes and the admin page, or some of them")
    .option("--no-migrate", "refuse to start unless the database is up to date")
    .addOption(rolesOption())
    .addOption(callsPerMinuteOption());
  for (const option of serverOptions()) command.addOption(option);
  return command.action(async (options: Options) => {
    const asked = untilAsked();
    const migrate = options.migrate === false ? "check" : "run";
    const application = await loadApplication(options);
    const { dataDir, callsPerMinute: callsPerMinuteMax } = options;
    const server = await startServer(
      { ...options, dataDir, callsPerMinuteMax, migrate, application },
      io,
    );
    io.out(`Selvedge serves ${options.roles.join(", ")} on ${server.baseUrl}`);
    await asked;
    await server.stop();
  });
}
