import { Command } from "commander";
import { readableJson } from "../contract/json-schema.ts";
import { servedOpenapi } from "../contract/served.ts";
import { type CliIo, processIo } from "./cli-io.ts";

/** `selvedge openapi`: the document of the REST facade, for generators and gateways. */
export function openapiCommand(io: CliIo = processIo): Command {
  return new Command("openapi")
    .description("print the OpenAPI 3.1 document of commands and queries; needs no database")
    .option("--server <url>", "where callers find the server, e.g. https://erp.example/selvedge")
    .action(({ server }: { server?: string }) => io.out(readableJson(servedOpenapi(server))));
}
