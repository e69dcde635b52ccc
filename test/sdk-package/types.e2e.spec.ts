import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { partnerProject, root } from "./packed-sdk.ts";

/*
 * The types of the packed SDK, as partners' compilers see them. By default each compiler and each
 * way to name modules occurs; SELVEDGE_SDK_MATRIX=all tries every one with every other.
 */

const compilers = {
  "5.4": "test/compilers/typescript-5.4/node_modules/typescript",
  "5.9": "test/compilers/typescript-5.9/node_modules/typescript",
  "6.0": "test/compilers/typescript-6.0/node_modules/typescript",
  "7.0": "node_modules/typescript",
} as const;
const moduleKinds = {
  node16: { module: "node16", moduleResolution: "node16" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "preserve", moduleResolution: "bundler" },
} as const;
type Compiler = keyof typeof compilers;
type Case = [Compiler, keyof typeof moduleKinds, "esm" | "cjs"];

const everything = (Object.keys(compilers) as Compiler[]).flatMap((compiler) =>
  (Object.keys(moduleKinds) as (keyof typeof moduleKinds)[]).flatMap((kind): Case[] => [
    [compiler, kind, "esm"],
    [compiler, kind, "cjs"],
  ]),
);
const few: Case[] = [
  ["5.4", "node16", "cjs"],
  ["5.4", "bundler", "esm"],
  ["5.9", "nodenext", "esm"],
  ["6.0", "nodenext", "cjs"],
  // The newest compiler takes a tenth of the others' time.
  ...everything.filter(([compiler]) => compiler === "7.0"),
];
const cases = process.env.SELVEDGE_SDK_MATRIX === "all" ? everything : few;

let folder = "";
let programs: string[] = [];
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, remove } = await partnerProject());
  const written = join(root, "test/sdk-package/partner");
  programs = (await readdir(written)).filter((name) => name.endsWith(".ts"));
  expect(programs.length).toBeGreaterThan(0);
  for (const [format, type] of Object.entries({ esm: "module", cjs: "commonjs" })) {
    await cp(written, join(folder, format), { recursive: true });
    await writeFile(join(folder, format, "package.json"), JSON.stringify({ type }));
    // What bundlers take for CommonJS is a file that requires, whatever its package says.
    await mkdir(join(folder, format, "requiring"));
    for (const name of programs) {
      const text = await readFile(join(written, name), "utf8");
      await writeFile(join(folder, format, "requiring", name), requiring(text));
    }
  }
});
afterAll(() => remove?.());

/** The same program with `import x = require("...")`. */
function requiring(text: string): string {
  return text.replace(/^import \{([^}]*)\} from "([^"]*)";$/gm, (_all, list: string, from) => {
    const names = list
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean);
    const values = names.filter((name) => !name.startsWith("type "));
    const types = names.filter((name) => name.startsWith("type ")).map((name) => name.slice(5));
    const whole = `of${from.replaceAll(/\W/g, "_")}`;
    return [
      `import ${whole} = require("${from}");`,
      ...values.map((name) => `import ${name} = ${whole}.${name};`),
      `import type { ${types} } from "${from}" with { "resolution-mode": "require" };`,
    ].join("\n");
  });
}

async function complaints([compiler, kind, format]: Case): Promise<string> {
  const isRequiring = kind === "bundler" && format === "cjs";
  const compilerOptions = {
    ...moduleKinds[kind],
    target: "es2022",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  };
  const config = `tsconfig.${compiler}-${kind}.json`;
  const below = isRequiring ? "requiring/" : "";
  const files = programs.map((name) => `${below}${name}`);
  await writeFile(join(folder, format, config), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, compilers[compiler], "bin/tsc");
  const compiled = promisify(execFile)(process.execPath, [tsc, "-p", config], {
    cwd: join(folder, format),
  });
  return compiled.then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
  );
}

describe("the compilers", () => {
  test.each(Object.entries(compilers))("TypeScript %s is that", async (version, path) => {
    const { version: is } = JSON.parse(await readFile(join(root, path, "package.json"), "utf8"));
    expect(is).toMatch(new RegExp(`^${version.replace(".", "\\.")}\\.`));
  });

  test("each of them, each kind of module and both formats occur", () => {
    for (const at of [0, 1, 2] as const) {
      expect(new Set(cases.map((one) => one[at]))).toEqual(
        new Set(everything.map((one) => one[at])),
      );
    }
  });
});

test.each(cases)("a program type-checks with TypeScript %s, %s, %s", async (...one) => {
  expect(await complaints(one)).toBe("");
});
