import { expect, test } from "vitest";
import { files, isTest, linesMatching, shipped, sources, withoutComments } from "./repository.ts";

const code = sources.map(({ path, text }) => ({ path, text: withoutComments(text) }));

test("lines have 100 columns at most, but for text that the formatter cannot break", () => {
  const long = linesMatching(sources, /^.{101,}$/u);
  const comment = /^\S+: (\/\/|\/?\*)/;
  expect(long.filter((line) => comment.test(line) || !/["'`]/.test(line))).toEqual([]);
});

test("a file that ships fits in the head, and so does a test", () => {
  const tooLong = sources.flatMap(({ path, text }) => {
    const lines = text.split("\n").length;
    return lines > (isTest(path) ? 400 : 260) ? [`${path}: ${lines} lines`] : [];
  });
  expect(tooLong).toEqual([]);
});

test("nothing is exported as the default but to tools that ask for it", () => {
  const asked = /\.config\.ts$|^examples\/hosts\/medusa(-plugin)?\/src\//;
  const ours = code.filter(({ path }) => !asked.test(path));
  expect(linesMatching(ours, /^\s*export default\b|\bas default\b/)).toEqual([]);
});

test("TypeScript adds types and nothing that runs", () => {
  expect(linesMatching(code, /^\s*(export\s+)?(declare\s+)?(const\s+)?enum\s+\w+/)).toEqual([]);
  expect(linesMatching(code, /^\s*(export\s+)?(declare\s+)?namespace\s+[\w.]+/)).toEqual([]);
  expect(linesMatching(code, /^\s*@\w+/)).toEqual([]);
});

test("no type gives up on being one", () => {
  expect(linesMatching(code, /(:|<|\bas|\|)\s*any\b(?!\s*\()/)).toEqual([]);
  expect(linesMatching(code, /@ts-(ignore|nocheck|expect-error)/)).toEqual([]);
});

test("no test is left out or runs alone", () => {
  const tests = code.filter(({ path }) => isTest(path) && !path.startsWith("test/architecture/"));
  expect(linesMatching(tests, /\b(test|describe|it)\.(only|skip|todo)\b/)).toEqual([]);
});

test("tests wait on facts, never on time", () => {
  const tests = code.filter(({ path }) => /\.spec\.tsx?$/.test(path));
  expect(linesMatching(tests, /\bwaitForTimeout\(|await (setTimeout|sleep|delay)\(/)).toEqual([]);
});

const exported =
  /^export (?:declare |async |abstract )*(?:function\*?|class|const|let|interface|type) (\w+)/;

test("every export says in a sentence what it is", () => {
  const of = shipped.filter(({ path }) => /^(server|sdk|admin-ui)\/src\//.test(path));
  expect(of.length).toBeGreaterThan(50);
  const bare = of.flatMap(({ path, text }) => {
    const lines = text.split("\n");
    return lines.flatMap((line, i) => {
      const [, name] = exported.exec(line) ?? [];
      return name && !isDocumented(lines, i) ? [`${path}:${i + 1}: ${name}`] : [];
    });
  });
  expect(bare).toEqual([]);
});

/** Whether a doc comment ends right above a line; lint remarks may stand between. */
function isDocumented(lines: readonly string[], at: number): boolean {
  let above = at - 1;
  while (lines[above]?.startsWith("//")) above -= 1;
  if (!lines[above]?.trimEnd().endsWith("*/")) return false;
  while (above > 0 && !/^\s*\/\*/.test(lines[above] ?? "")) above -= 1;
  return /^\s*\/\*\*\s*\S|^\s*\/\*\*$/.test(lines[above] ?? "");
}

test("the project speaks of itself, not of who wrote it where", () => {
  // Written so that this file does not find itself.
  const words = [
    /(?<![\w.])\/[w]ork\//,
    /\.[l]ibrary\b/,
    /\bsub-?[a]gents?\b/i,
    /\bthis [s]ession\b/i,
    /\bthe [i]ssue\b/i,
    /\/tmp\/[p]lan\b/,
  ];
  const found = words.flatMap((word) => linesMatching(files, word));
  expect(found).toEqual([]);
});
