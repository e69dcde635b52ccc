import { expect, test } from "vitest";
import { files, isTest, sources, topNames } from "./repository.ts";

const allowed = [
  ...["server", "sdk", "admin-ui", "migrations", "test", "docs", "bench", "examples"],
  ...["package.json", "package-lock.json", "turbo.json", "tsconfig.json"],
  ...["README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"],
];
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
const wellKnown =
  /^((README|LICENSE|CHANGELOG|CONTRIBUTING|SECURITY)(\.md)?|Containerfile|[a-z]+@\.service)$/;

test("the repository is read at all", () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter(({ path }) => isTest(path)).length).toBeGreaterThan(30);
  expect(files.length).toBeGreaterThan(sources.length);
});

test("only known names stand at the top", () => {
  const odd = topNames.filter((name) => !allowed.includes(name) && !name.startsWith("."));
  expect(odd).toEqual([]);
});

test("files and folders are named in kebab-case", () => {
  const odd = files
    .map(({ path }) => path)
    .filter((path) =>
      path
        .split("/")
        .some((name) => !name.startsWith(".") && !kebabCase.test(name) && !wellKnown.test(name)),
    );
  expect(odd).toEqual([]);
});

test("no folder or file is named after what everything is", () => {
  const vague = /(^|[/.-])(utils?|helpers?|commons?|managers?|misc|shared|impl)([/.-]|$)/;
  const odd = files.map(({ path }) => path).filter((path) => vague.test(path));
  expect(odd).toEqual([]);
});

test("every test says by its suffix what it costs", () => {
  const odd = sources
    .map(({ path }) => path)
    .filter((path) => /[.-](spec|test)\.tsx?$/.test(path))
    .filter((path) => !/^[^.]+(\.(pg|e2e))?\.spec\.tsx?$/.test(path));
  expect(odd).toEqual([]);
});

test("only tests over a database start one, and only tests of processes start those", () => {
  const memory = sources.filter(({ path }) => /^[^.]+\.spec\.tsx?$/.test(path));
  expect(memory.length).toBeGreaterThan(20);
  const costly = /from "[^"]*(harness\/(database|selvedge|house)|embedded\/postgres)\.ts"/;
  expect(memory.filter(({ text }) => costly.test(text)).map(({ path }) => path)).toEqual([]);
});
