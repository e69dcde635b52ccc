#!/usr/bin/env node
import { Command } from "commander";
import { serverVersion } from "../version.ts";
import { lineOf, processIo } from "./cli-io.ts";
import { generateCommand } from "./generate.ts";
import { importCommand } from "./import.ts";
import { keysCommand } from "./keys.ts";
import { migrateCommand } from "./migrate.ts";
import { openapiCommand } from "./openapi.ts";
import { projectionsCommand } from "./projections.ts";
import { serveCommand } from "./serve.ts";
import { startCommand } from "./start.ts";
import { webhooksCommand } from "./webhooks.ts";

const program = new Command("selvedge")
  .description("CQRS core for fashion logistics: commands, read models, and the lag between them")
  .version(serverVersion)
  .showHelpAfterError("(add --help for what can be said)");

program.addCommand(startCommand());
program.addCommand(serveCommand());
program.addCommand(migrateCommand());
program.addCommand(importCommand());
program.addCommand(projectionsCommand());
program.addCommand(keysCommand());
program.addCommand(openapiCommand());
program.addCommand(generateCommand());
program.addCommand(webhooksCommand());

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

program.parseAsync().catch((error: unknown) => {
  processIo.note(`selvedge: ${lineOf(error)}`);
  processIo.exitWith(1);
});
