import { InvalidArgumentError, Option } from "commander";
import type { Role } from "../kernel/engine.ts";
import { applicationOption } from "./application.ts";

const roles: readonly Role[] = ["command", "query", "refresh", "admin"];

/** What to serve, where to listen and which data to use. */
export const serverOptions = (): Option[] => [
  applicationOption(),
  new Option("--port <port>", "port to listen on; a free one if it is taken")
    .env("PORT")
    .default(4_000)
    .argParser(portOf),
  new Option("--host <address>", "address to listen on").default("127.0.0.1"),
  new Option(
    "--data-dir <folder>",
    "where the embedded PostgreSQL keeps its data, unless DATABASE_URL names another",
  ),
  releasesOption(),
];

/** What a process does of the four things there are to do. */
export const rolesOption = (): Option =>
  new Option("--roles <roles>", `what this process does, of ${roles.join(",")}`)
    .default([...roles], "all")
    .argParser(rolesOf);

/** When changed read models take their place. */
export const releasesOption = (): Option =>
  new Option(
    "--releases <when>",
    "when a changed read model takes its place: once built (swap), or, where it would change what " +
      "is read, once somebody accepts that (accept)",
  )
    .choices(["swap", "accept"])
    .env("SELVEDGE_RELEASES")
    .default("swap");

/** How much each partner may ask for. */
export const callsPerMinuteOption = (): Option =>
  new Option(
    "--calls-per-minute <n>",
    "most calls of one partner; more get a 429 with Retry-After (default: as many as they like)",
  ).argParser((value) => {
    const calls = Number(value);
    if (Number.isSafeInteger(calls) && calls > 0) return calls;
    throw new InvalidArgumentError("that is no number of calls");
  });

function portOf(value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("a port is a whole number from 0 to 65535");
}

function rolesOf(value: string): Role[] {
  return value.split(",").map((name) => {
    const role = roles.find((known) => known === name.trim());
    if (!role) throw new InvalidArgumentError(`${name} is none of ${roles.join(", ")}`);
    return role;
  });
}
