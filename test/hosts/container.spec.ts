import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { processIo } from "../../server/src/cli/cli-io.ts";
import { migrateCommand } from "../../server/src/cli/migrate.ts";
import { serveCommand } from "../../server/src/cli/serve.ts";

/* The files of examples/hosts/container, which no engine runs here: what can be said of them. */

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "examples/hosts/container");
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const settings = readFileSync(join(root, "docs/reference/configuration.md"), "utf8");

/** Reads arguments as the command line does, and does nothing. */
function understood(args: readonly string[]): Record<string, unknown> {
  let options: Record<string, unknown> = {};
  const program = new Command("selvedge").exitOverride();
  for (const command of [serveCommand(processIo), migrateCommand(processIo)]) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.action((given: Record<string, unknown>) => {
      options = given;
    });
    program.addCommand(command);
  }
  program.parse([...args], { from: "user" });
  return options;
}

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
const compose: { readonly services: Readonly<Record<string, Service>> } = parse(
  read("compose.yaml"),
  { merge: true },
);
const ours = Object.entries(compose.services).filter(([name]) => name !== "postgres");

describe("the image", () => {
  const text = read("Containerfile");

  test("is one that the linter has nothing to say of", () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace("WORKDIR", "WORKDIRR"))).not.toEqual([]);
  });

  test("begins with what the server's package names as its program", () => {
    const { bin } = JSON.parse(readFileSync(join(root, "server/package.json"), "utf8"));
    expect(text).toContain(`"node_modules/@selvedge/server/${bin.selvedge}"`);
    const [, words = ""] = /^CMD (\[.*\])$/m.exec(text) ?? [];
    expect(understood(JSON.parse(words))).toMatchObject({ host: "0.0.0.0", migrate: false });
  });

  test("has the packages that a host installs, each of them a workspace", () => {
    const named = [...text.matchAll(/--workspace (\S+)/g)].map(([, name = ""]) => name);
    expect(named).toEqual(["server", "migrations", "sdk", "admin-ui"]);
    expect(named.filter((name) => !existsSync(join(root, name, "package.json")))).toEqual([]);
  });
});

describe("the services", () => {
  test("do each of the roles once, after the migration", () => {
    const serving = ours.filter(([, { command }]) => command?.[0] === "serve");
    const roles = serving.flatMap(([, { command = [] }]) => understood(command).roles);
    expect(roles).toEqual(["command", "admin", "query", "refresh"]);
    const after = serving.map(([, { depends_on: first }]) => first);
    expect(after).toEqual(
      serving.map(() => ({ migrated: { condition: "service_completed_successfully" } })),
    );
    expect(understood(compose.services.migrated?.command ?? [])).toEqual({ releases: "swap" });
  });

  test("are set up by what the reference names", () => {
    const named = new Set(ours.flatMap(([, { environment = {} }]) => Object.keys(environment)));
    expect(named.size).toBeGreaterThan(1);
    expect([...named].filter((name) => !settings.includes(`| \`${name}\` |`))).toEqual([]);
  });
});

test("the unit starts a process with the roles that its environment names", () => {
  const [, line = ""] = /^ExecStart=\/usr\/bin\/node (.*)$/m.exec(read("selvedge@.service")) ?? [];
  const [program, ...args] = line.replace(/\$\{ROLES\}/, "query,refresh").split(" ");
  expect(program).toMatch(/@selvedge\/server\/dist\/cli\/main\.js$/);
  expect(understood(args)).toMatchObject({ roles: ["query", "refresh"], migrate: false });
});
