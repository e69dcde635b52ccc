import { Selvedge } from "@selvedge/sdk";
import { Option } from "commander";
import { CliError, type CliIo } from "./cli-io.ts";

/** How a subcommand reaches a server. */
export interface ConnectOptions {
  url: string;
  keyEnv: string;
  keyStdin?: boolean | undefined;
}

/** The options of every subcommand that talks to a server; the key itself is never an argument. */
export const connectOptions: readonly Option[] = [
  new Option("--url <url>", "address of the Selvedge server")
    .env("SELVEDGE_URL")
    .default("http://127.0.0.1:4000"),
  new Option("--key-env <name>", "environment variable that holds the API key").default(
    "SELVEDGE_API_KEY",
  ),
  new Option("--key-stdin", "read the API key from standard input"),
];

/** A client of the server that the options name. */
export async function connect(options: ConnectOptions, io: CliIo): Promise<Selvedge> {
  if (!URL.canParse(options.url) || !/^https?:$/.test(new URL(options.url).protocol))
    throw new CliError(`--url ${options.url} is no http address`);
  const key = options.keyStdin ? await io.readStdin() : io.env[options.keyEnv];
  const apiKey = key?.trim();
  if (options.keyStdin && !apiKey) throw new CliError("there is no API key on standard input");
  return new Selvedge({ baseUrl: options.url, ...(apiKey ? { apiKey } : {}), consistency: "none" });
}
