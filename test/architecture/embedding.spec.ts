import { expect, test } from "vitest";
import { files, importsOf, linesMatching, type SourceFile, withoutComments } from "./repository.ts";

/* What a host imports is a guest in its process. */

const byPath = new Map(files.map((file) => [file.path, file]));
const ofWorkspaces: Readonly<Record<string, string>> = {
  "@selvedge/migrations": "migrations/index.ts",
  "@selvedge/sdk": "sdk/src/index.ts",
};

/** All that is reachable from what the server's package exports. */
function reachable(...entries: readonly string[]): SourceFile[] {
  const found = new Map<string, SourceFile>();
  const look = (path: string) => {
    const file = byPath.get(ofWorkspaces[path] ?? path);
    if (!file || found.has(file.path)) return;
    found.set(file.path, file);
    for (const imported of importsOf(file)) look(imported);
  };
  for (const entry of entries) look(entry);
  return [...found.values()];
}

const hosts = ["medusa", "nestjs"].map((host) => `server/src/hosts/${host}/index.ts`);
const plugin = files.filter(({ path }) => /^examples\/hosts\/medusa-plugin\/src\//.test(path));
const guest = [...reachable("server/src/index.ts", ...hosts), ...plugin];
const code = guest.map(({ path, text }) => ({ path, text: withoutComments(text) }));

test("the whole of it is looked at, the generated router and the migrations too", () => {
  const paths = guest.map(({ path }) => path);
  expect(paths.length).toBeGreaterThan(150);
  for (const path of [
    "server/src/router.gen.ts",
    "migrations/index.ts",
    "sdk/src/index.ts",
    "examples/hosts/medusa-plugin/src/api/middlewares.ts",
    ...hosts,
  ]) {
    expect(paths).toContain(path);
  }
  expect(paths.filter((path) => path.startsWith("server/src/cli/"))).toEqual([]);
});

test("nothing waits while it is loaded: hosts that are CommonJS `require` it", () => {
  const waits = /^(?:(?:export )?(?:const|let|var)\b.*=\s*)?(?:for )?await\b|^\S.*[[(,]\s*await\b/;
  expect(linesMatching(code, waits).filter((line) => !/\basync\b/.test(line))).toEqual([]);
});

test("it neither ends the host's process nor hears its signals", () => {
  const takesOver = /\bprocess\.(exit|abort|kill|chdir|on|once|addListener|setUncaught\w+)\(/;
  expect(linesMatching(code, takesOver)).toEqual([]);
  expect(linesMatching(code, /\bprocess\.(exitCode|title|env\.\w+|env\[[^\]]+\])\s*=[^=]/)).toEqual(
    [],
  );
});

test("it leaves the host's globals and everybody's types alone", () => {
  const globals = /(?<!typeof )\b(globalThis|global)(\.\w+|\[[^\]]+\])\s*\??\??=[^=>]/;
  expect(linesMatching(code, globals)).toEqual([]);
  expect(linesMatching(code, /\.prototype\.\w+\s*=[^=]/)).toEqual([]);
  expect(linesMatching(code, /\btypes\.setTypeParser\(|\bdefaults\.\w+\s*=[^=]/)).toEqual([
    // The parsers of one pool, not of everybody's `pg`.
    expect.stringMatching(/^server\/src\/kernel\/command-session\.ts:\d+: types\.setTypeParser\(/),
  ]);
});

test("it prints nothing: what it has to say goes to the host's logger", () => {
  const ours = code.filter(({ path }) => !path.startsWith("sdk/"));
  expect(linesMatching(ours, /\bconsole\.\w+\(|\bprocess\.std(out|err)\b/)).toEqual([]);
});
