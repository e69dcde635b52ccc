import { resolve } from "node:path";
import { Command } from "commander";
import { generateHost } from "../contract/generate-host.ts";
import { type CliIo, processIo } from "./cli-io.ts";

/** `selvedge generate`: a host's application, its SDK and its documents, from its folders. */
export function generateCommand(io: CliIo = processIo): Command {
  return new Command("generate")
    .description("write a host's application, its SDK and its documents from src/modules")
    .argument("[folder]", "the host's package", ".")
    .option("--check", "write nothing; name what is stale and exit with 1 if anything is")
    .action(async (folder: string, { check = false }: { check?: boolean }) => {
      const stale = await generateHost(resolve(folder), { check });
      for (const file of stale) {
        io.note(check ? `${file} is stale: run \`selvedge generate\`.` : `${file} written.`);
      }
      if (check && stale.length > 0) io.exitWith(1);
    });
}
