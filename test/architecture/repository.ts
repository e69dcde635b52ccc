import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";

/** A file of the repository; its path is relative to the root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What tools leave behind; `.gitignore` names the same. */
const leftBehind =
  /^(node_modules|dist|\.git|\.turbo|\.selvedge|\.medusa|artefacts|.*\.(tgz|tsbuildinfo))$/;

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !leftBehind.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** Every text file of the repository. */
export const files: readonly SourceFile[] = filesBelow("")
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))
  .filter(({ text }) => !text.includes("\0"));

/** Names at the top of the repository. */
export const topNames: readonly string[] = [
  ...new Set(files.map(({ path }) => path.split("/")[0] ?? "")),
].sort();

/** Files that a generator writes; `npm run gen:check` watches over them. */
export const isGenerated = (path: string) => /\.gen\.tsx?$/.test(path);

/** TypeScript that people write. */
export const sources = files.filter(({ path }) => /\.m?tsx?$/.test(path) && !isGenerated(path));

/** Whether a file is a test, or is there for tests only. */
export function isTest(path: string): boolean {
  return (
    path.startsWith("test/") ||
    path.includes("/testing/") ||
    /(\.(spec|fixture)\.tsx?|\/(fake-server|spec-files)\.ts)$/.test(path)
  );
}

/** Sources that ship. */
export const shipped = sources.filter(({ path }) => !isTest(path));

const importing = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)"([^"\n$]+)"/g;

/** What a file imports: packages by name, files by their path from the root. */
export function importsOf({ path, text }: SourceFile): string[] {
  return [...withoutComments(text).matchAll(importing)].map(([, specifier = ""]) =>
    specifier.startsWith(".") ? join(dirname(path), specifier) : specifier,
  );
}

/** Source without its comments; strings that hold `//`, such as addresses, are left whole. */
export function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
}

/** Which lines of which files match, as `path:line`, to compare with none. */
export function linesMatching(among: readonly SourceFile[], pattern: RegExp): string[] {
  return among.flatMap(({ path, text }) =>
    text
      .split("\n")
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
}
