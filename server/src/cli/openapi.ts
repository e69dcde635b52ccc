import { Command } from "commander";
import { readableJson } from "../contract/json-schema.ts";
import { servedOf } from "../contract/served.ts";
import { type ApplicationOptions, applicationOption, loadApplication } from "./application.ts";
import { type CliIo, processIo } from "./cli-io.ts";

interface Options extends ApplicationOptions {
  readonly server?: string;
}

/** `selvedge openapi`: the document of the REST facade, for generators and gateways. */
export function openapiCommand(io: CliIo = processIo): Command {
  return new Command("openapi")
    .description("print the OpenAPI 3.1 document of commands and queries; needs no database")
    .option("--server <url>", "where callers find the server, e.g. https://erp.example/selvedge")
    .addOption(applicationOption())
    .action(async (options: Options) => {
      const served = servedOf(await loadApplication(options));
      io.out(readableJson(served.openapi(options.server)));
    });
}
