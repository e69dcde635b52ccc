import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { bytesInBrowser } from "../test/sdk-package/bytes-in-browser.ts";
import { entries, packSdk, partnerProject, root } from "../test/sdk-package/packed-sdk.ts";
import { median } from "./measure.ts";

/*
 * What the SDK costs a partner: how long a project that uses the whole contract takes to
 * type-check, beside an empty one, and how many bytes a browser gets of it.
 */

const { values: flags } = parseArgs({ options: { rounds: { type: "string", default: "10" } } });
const project = await partnerProject();
const { folder } = project;

/** A program that hands an input to every procedure there is and gives back what it answers. */
async function programOfAll(): Promise<string> {
  const table = join(folder, "node_modules/@selvedge/sdk/dist/esm/api.gen.js");
  const { procedures } = await import(table);
  const calls = Object.keys(procedures).map((path, at) => {
    const [module, name] = path.split(".");
    const input = `Parameters<Modules["${module}"]["${name}"]>[0]`;
    return `export const call${at} = async (input: ${input}) => await selvedge.${path}(input);`;
  });
  const imports = `import { type Modules, Selvedge } from "@selvedge/sdk";`;
  const client = `const selvedge = new Selvedge({ baseUrl: "http://127.0.0.1:4000" });`;
  return [imports, client, ...calls, ""].join("\n");
}

async function writeProject(name: string, program: string): Promise<void> {
  const compilerOptions = {
    ...{ module: "nodenext", target: "es2022", strict: true, skipLibCheck: false },
    ...{ noEmit: true, types: [] },
  };
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, name, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  await writeFile(join(folder, name, "program.ts"), program);
}

/** How long the compiler takes, in ms. */
async function typeCheck(name: string): Promise<number> {
  const begun = performance.now();
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  await promisify(execFile)(process.execPath, [tsc], { cwd: join(folder, name) });
  return performance.now() - begun;
}

const program = await programOfAll();
const projects = {
  "an empty project": "export {};\n",
  "one call": `${program.split("\n").slice(0, 3).join("\n")}\n`,
  "the whole contract": program,
};
const tookMs = new Map<string, number[]>();
for (const [name, text] of Object.entries(projects)) {
  await writeProject(name, text);
  await typeCheck(name);
  tookMs.set(name, []);
}
for (let round = 0; round < Number(flags.rounds); round += 1) {
  for (const [name, times] of tookMs) times.push(await typeCheck(name));
}
console.log(`Type-check with TypeScript 7, skipLibCheck off, ${flags.rounds} rounds in turns:`);
for (const [name, times] of tookMs) {
  const [least, most] = [Math.min(...times), Math.max(...times)].map(Math.round);
  console.log(`${name.padEnd(20)} ${Math.round(median(times))} ms (${least} to ${most})`);
}

console.log(`\nThe tarball: ${(await readFile(await packSdk())).length} bytes.`);
console.log("In a browser, minified and gzipped:");
for (const entry of entries) {
  const bytes = await bytesInBrowser(folder, `export * from "${entry}"`);
  console.log(`${entry.padEnd(24)} ${bytes} bytes`);
}
await project.remove();
