import { describe, expect, test } from "vitest";
import {
  importsOf,
  isTest,
  linesMatching,
  type SourceFile,
  shipped,
  sources,
  withoutComments,
} from "./repository.ts";

/** Imports that break a rule, as `importer -> imported`, to compare with none. */
function breaches(
  among: readonly SourceFile[],
  broken: (imported: string, importer: string) => boolean,
): string[] {
  // A rule over no import at all would hold whatever is written.
  expect(among.flatMap(importsOf).length).toBeGreaterThan(0);
  return among.flatMap((file) =>
    importsOf(file)
      .filter((imported) => broken(imported, file.path))
      .map((imported) => `${file.path} -> ${imported}`),
  );
}

const below = (folder: string, among = shipped) =>
  among.filter(({ path }) => path.startsWith(`${folder}/`));
const moduleOf = (path: string) => /^server\/src\/modules\/([^/]+)\//.exec(path)?.[1];

describe("the server", () => {
  test("has a kernel that knows no module and nothing around it", () => {
    const odd = breaches(
      below("server/src/kernel"),
      (imported) => imported.startsWith("server/") && !imported.startsWith("server/src/kernel/"),
    );
    expect(odd).toEqual([]);
  });

  test("has modules that know the kernel and each other, and nothing else", () => {
    const odd = breaches(
      below("server/src/modules"),
      (imported) =>
        imported.startsWith("server/") && !/^server\/src\/(kernel|modules)\//.test(imported),
    );
    expect(odd).toEqual([]);
  });

  test("has modules that take only contract.ts and inputs.ts from each other", () => {
    const odd = breaches(below("server/src/modules", sources), (imported, importer) => {
      const owner = moduleOf(imported);
      const foreign = owner !== undefined && owner !== moduleOf(importer);
      return foreign && !/^server\/src\/modules\/[^/]+\/(contract|inputs)\.ts$/.test(imported);
    });
    expect(odd).toEqual([]);
  });

  test("has slices that take nothing from other slices", () => {
    const sliceOf = (path: string) => /\/(commands|read-models)\/[^/]+\//.exec(path)?.[0];
    const odd = breaches(below("server/src/modules", sources), (imported, importer) => {
      const slice = sliceOf(imported);
      return slice !== undefined && slice !== sliceOf(importer);
    });
    expect(odd).toEqual([]);
  });

  test("has read models that load no aggregate", () => {
    const entity = /^server\/src\/modules\/[^/]+\/(contract|loading|entities)\.ts$/;
    const models = below("server/src/modules").filter(({ path }) => /read-model\.ts$/.test(path));
    expect(breaches(models, (imported) => entity.test(imported))).toEqual([]);
  });

  test("is a client of itself only where it plays one", () => {
    // A host's calls in process have the SDK's types, and those alone.
    const clients = /^server\/src\/((cli|import|sample-day)\/|host\/paths\.ts$)/;
    const odd = breaches(
      below("server/src"),
      (imported, importer) =>
        (imported === "@selvedge/sdk" || imported.startsWith("sdk/")) && !clients.test(importer),
    );
    expect(odd).toEqual([]);
  });
});

test.each(["sdk", "admin-ui"])("%s knows nothing of the server", (workspace) => {
  const odd = breaches(
    below(workspace, sources),
    (imported) => imported === "@selvedge/server" || imported.startsWith("server/"),
  );
  expect(odd).toEqual([]);
});

describe("the SDK", () => {
  const ofNode = "sdk/src/offline-file/";

  test("stands on nothing but the platform; on Node's where it keeps a file, and there alone", () => {
    const odd = breaches(
      below("sdk/src"),
      (imported, importer) =>
        !imported.startsWith("sdk/src/") &&
        !(importer.startsWith(ofNode) && imported.startsWith("node:")),
    );
    expect(odd).toEqual([]);
  });

  test("names nothing that Node alone has, but there", () => {
    const elsewhere = below("sdk/src").filter(({ path }) => !path.startsWith(ofNode));
    const code = elsewhere.map(({ path, text }) => ({ path, text: withoutComments(text) }));
    const nodes = /\b(Buffer|process|setImmediate|require|__dirname)\b(?!["'])/;
    expect(linesMatching(code, nodes)).toEqual([]);
    expect(breaches(elsewhere, (imported) => imported.startsWith(ofNode))).toEqual([]);
  });
});

test("nothing but tests imports from test/, or what is there for tests only", () => {
  const odd = breaches(shipped, (imported) => isTest(imported));
  expect(odd.filter((breach) => !breach.startsWith("bench/"))).toEqual([]);
});

test("a file is imported by its whole name", () => {
  const odd = breaches(
    sources,
    (imported) =>
      /^(server|sdk|admin-ui|migrations|test)\//.test(imported) && !/\.\w+$/.test(imported),
  );
  expect(odd).toEqual([]);
});

test.each([
  ['import { a } from "./a.ts";', ["server/src/a.ts"]],
  ['import "../b.ts";', ["server/b.ts"]],
  ['import {\n  type A,\n  b,\n} from "zod";', ["zod"]],
  ['export type * from "./c.ts";', ["server/src/c.ts"]],
  ['const d = await import("./d.ts");', ["server/src/d.ts"]],
  ['// import { e } from "./e.ts";', []],
  ['/** from "./f.ts" */', []],
])("what %j imports is seen", (text, imports) => {
  expect(importsOf({ path: "server/src/x.ts", text })).toEqual(imports);
});
