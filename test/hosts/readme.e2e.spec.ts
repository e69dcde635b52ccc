import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blocksOf, root, textOf } from "../docs/doc-pages.ts";

import { freePort, hostDatabases } from "./host-project.ts";
import { plainEnv } from "./packed-packages.ts";

/* The README's lines for a host, as they stand there. */

const linesMax = 10;
const heading = "## Embed it in what you run";

let home = "";
let databases: Awaited<ReturnType<typeof hostDatabases>>;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "selvedge-home-"));
  databases = await hostDatabases();
}, 120_000);
afterAll(async () => {
  await databases?.drop();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

/** The section's blocks up to the first that is TypeScript: a way of its own begins there. */
function blocks() {
  const from = textOf("README.md")
    .slice(0, textOf("README.md").indexOf(heading))
    .split("\n").length;
  const below = blocksOf("README.md").filter(({ line }) => line > from);
  return below.slice(
    0,
    below.findIndex(({ language }) => language === "ts"),
  );
}

/** What one has to write: a line that goes on in the next counts once, and a remark does not. */
const linesOf = (code: string) =>
  code
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("//"));

test("so many lines lead from packing to the first command in a fresh project", async () => {
  const found = blocks();
  expect(found.map(({ language }) => language)).toEqual(["sh", "js", "sh"]);
  const [install, program, call] = found.map(({ code }) => code);
  expect(found.flatMap(({ code }) => linesOf(code)).length).toBeLessThanOrEqual(linesMax);
  const [, file = ""] = /^\/\/ (\S+)\n/.exec(program ?? "") ?? [];
  await writeFile(join(home, "program"), program ?? "");
  const script = [
    "set -e",
    "trap 'kill %1; wait' EXIT",
    `${install}`,
    `cp ~/program ${file}`,
    `${call}`,
  ].join("\n");
  await databases.create("readme");
  const child = spawn("bash", ["-c", script], {
    cwd: root,
    env: {
      ...plainEnv,
      HOME: home,
      // The cache of who runs the tests, so that not everything comes over the network again.
      npm_config_cache: plainEnv.npm_config_cache ?? join(homedir(), ".npm"),
      npm_config_prefer_offline: "true",
      npm_config_omit: "optional",
      DATABASE_URL: databases.urlOf("readme"),
      PORT: `${await freePort()}`,
    },
  });
  const [out, err] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  const answer = out.slice(out.lastIndexOf('{"data"'));
  expect(answer, `${out}\n${err}`).not.toBe("");
  expect(JSON.parse(answer)).toMatchObject({
    data: { sku: "CAP-BLUE", registered: true },
    repeated: false,
    commandId: "my-first-variant",
  });
}, 240_000);
