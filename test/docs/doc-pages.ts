import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the repository is. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** One fenced block of a page. */
export interface Block {
  readonly page: string;
  /** The line of the page on which its code begins. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** Every Markdown page that ships, by its path from the root. */
export function pages(): string[] {
  const top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "sdk/README.md"].concat(
    "examples/partners/README.md",
    "examples/hosts/extended/README.md",
    "examples/hosts/container/README.md",
    "examples/hosts/medusa/README.md",
    "examples/hosts/medusa-plugin/README.md",
    "examples/hosts/n8n/README.md",
  );
  const below = readdirSync(join(root, "docs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return [...top, ...below.sort()];
}

/** The text of a page. */
export function textOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** The folder of the example that a page builds, if it does. */
export function exampleOf(page: string): string | undefined {
  return /^<!-- example: (\S+) -->$/m.exec(textOf(page))?.[1];
}

/** The path that a block's first line names: of the repository, or of the page's example. */
export function pathOf({ page, code }: Block): string | undefined {
  const [, path] = /^(?:\/\/|--) (\S+\.(?:ts|sql))$/.exec(code.split("\n", 1)[0] ?? "") ?? [];
  return path === undefined ? undefined : join(exampleOf(page) ?? "", path);
}

/** The fenced blocks of a page, without the indentation that a list gives them. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const fenced = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;
  for (const match of textOf(page).matchAll(fenced)) {
    const [, indent = "", language = "", body = ""] = match;
    const line = textOf(page).slice(0, match.index).split("\n").length + 1;
    const code = body.replaceAll(new RegExp(`^${indent}`, "gm"), "");
    blocks.push({ page, line, language, code });
  }
  return blocks;
}
