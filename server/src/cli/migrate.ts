import { Command } from "commander";
import type { Releases } from "../kernel/install-read-models.ts";
import { migrate, pendingMigrations } from "../kernel/migrate.ts";
import { defaultSchemas } from "../kernel/schemas.ts";
import { type ApplicationOptions, applicationOption, loadApplication } from "./application.ts";
import { type CliIo, processIo } from "./cli-io.ts";
import { requireDatabaseUrl } from "./database-url.ts";
import { releasesOption } from "./server-options.ts";

interface Options extends ApplicationOptions {
  readonly check?: boolean;
  readonly json?: boolean;
  readonly releases: Releases;
}

/** `selvedge migrate`: brings a database up to date, or says what is missing. */
export function migrateCommand(io: CliIo = processIo): Command {
  return new Command("migrate")
    .description("bring the database that DATABASE_URL names up to date")
    .option("--check", "change nothing; say what is missing and exit with 1 if anything is")
    .option("--json", "print the report as JSON")
    .addOption(releasesOption())
    .addOption(applicationOption())
    .action(async ({ check, json, releases, ...options }: Options) => {
      const { readModels, migrations } = await loadApplication(options);
      const databaseUrl = requireDatabaseUrl(io);
      const subject = { databaseUrl, schemas: defaultSchemas, readModels, migrations, releases };
      const report = check ? await pendingMigrations(subject) : await migrate(subject);
      const names = [...report.migrations, ...report.readModels];
      if (json) io.out(JSON.stringify(report, null, 2));
      else if (names.length === 0) io.out("The database is up to date.");
      else io.out(`${check ? "Missing" : "Applied"}: ${names.join(", ")}`);
      if (check && names.length > 0) io.exitWith(1);
    });
}
