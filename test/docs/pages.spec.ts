import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { blocksOf, exampleOf, pages, pathOf, root, textOf } from "./doc-pages.ts";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

test("links between pages, and to files and pictures, lead somewhere", () => {
  const broken = pages().flatMap((page) =>
    [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^(https?:|#)/.test(target))
      .filter((target) => !existsSync(join(root, dirname(page), target.replace(/#.*$/, ""))))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test("a page that builds an example shows its files as they are", () => {
  const built = pages().filter((page) => exampleOf(page) !== undefined);
  expect(built.length).toBeGreaterThan(0);
  for (const page of built) {
    const folder = join(root, exampleOf(page) ?? "");
    const inExample = (name: string) => readFileSync(join(folder, name), "utf8");
    const manifests = ["package.json", "tsconfig.json"].map(inExample);
    const blocks = blocksOf(page).filter(({ language }) => language !== "sh");
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) {
      const path = pathOf(block);
      const [, ...lines] = block.code.split("\n");
      if (path) expect(lines.join("\n"), path).toBe(readFileSync(join(root, path), "utf8"));
      else expect(manifests, `${page}:${block.line}`).toContain(block.code);
    }
  }
});

test("every npm command that the docs name exists", () => {
  const named = pages().flatMap((page) =>
    [...textOf(page).matchAll(/\bnpm run ([a-z0-9:-]+)|\bnpm (start|test)\b/g)].map(
      ([, run, short]) => `${page}: ${run ?? short}`,
    ),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((one) => !((one.split(": ")[1] ?? "") in scripts))).toEqual([]);
});

test("the checks before a change run what the README says, and all of it", () => {
  const readme = blocksOf("README.md").filter(({ language }) => language === "sh");
  const commands = readme.flatMap(({ code }) => code.trim().split("\n"));
  expect(commands.slice(0, 2)).toEqual(["npm ci && npm start", "npm ci && npm test"]);
  const ci = readFileSync(join(root, ".ci/run"), "utf8").split("\n");
  for (const command of ["npm ci", "npm test", "npm run lint", "npm run typecheck"]) {
    expect(ci).toContain(command);
  }
});

test("decisions are numbered without a gap and say what was decided", () => {
  const decisions = pages().filter((page) => page.startsWith("docs/decisions/"));
  expect(decisions.length).toBeGreaterThanOrEqual(7);
  decisions.forEach((page, at) => {
    const number = String(at + 1).padStart(4, "0");
    expect(page).toMatch(new RegExp(`^docs/decisions/${number}-[a-z0-9-]+\\.md$`));
    expect(textOf(page)).toMatch(new RegExp(`^# ${number}: `));
    expect(textOf(page)).toContain("**Decision.**");
  });
});
