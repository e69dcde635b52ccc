import { describe, expect, test } from "vitest";
import { files, importsOf, shipped } from "./repository.ts";

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly type?: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

const exact = /^\d+\.\d+\.\d+(-[\w.-]+)?$/;

function packageAt(folder: string): Package {
  const path = folder === "" ? "package.json" : `${folder}/package.json`;
  const text = files.find((file) => file.path === path)?.text;
  if (text === undefined) throw new Error(`There is no ${path}.`);
  return JSON.parse(text) as Package;
}

const root = packageAt("");
// Compilers that partners have stand in folders of their own, or there would be one of them alone.
const isCompiler = (folder: string) => folder.startsWith("test/compilers/");
const workspaces = (root.workspaces ?? []).filter((folder) => !isCompiler(folder));
const compilers = (root.workspaces ?? []).filter(isCompiler);
// No workspace: what it is installed beside is not installed here.
const packages = [...workspaces, "examples/hosts/medusa-plugin"];
const pieces = ["", ...packages].map((folder) => ({ folder, package: packageAt(folder) }));
const ofAll = ({ dependencies, devDependencies, optionalDependencies, overrides }: Package) =>
  Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides });

test("the workspaces are those of the layout", () => {
  expect([...workspaces].sort()).toEqual(["admin-ui", "migrations", "sdk", "server"]);
});

test.each(compilers)("%s is one exact compiler and nothing else", (folder) => {
  const [[name, version = ""] = [], ...others] = ofAll(packageAt(folder));
  expect({ name, others }).toEqual({ name: "typescript", others: [] });
  expect(version).toMatch(exact);
  expect(version.startsWith(`${folder.split("-").at(-1)}.`)).toBe(true);
});

describe.each(pieces)("the package in /$folder", ({ package: piece }) => {
  test("names exact versions", () => {
    expect(ofAll(piece).filter(([, version]) => !exact.test(version))).toEqual([]);
  });

  test("is ESM, under the same licence and version as the whole", () => {
    const { type, license, version } = piece;
    const { license: ours, version: now } = root;
    expect({ type, license, version }).toEqual({ type: "module", license: ours, version: now });
  });
});

test("one package has one version everywhere", () => {
  const versions = new Map<string, Set<string>>();
  for (const [name, version] of pieces.flatMap((piece) => ofAll(piece.package))) {
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  expect(versions.size).toBeGreaterThan(20);
  expect([...versions].filter(([, different]) => different.size > 1)).toEqual([]);
});

test.each(packages)("%s imports only packages that it names", (folder) => {
  const piece = packageAt(folder);
  const named = [
    ...ofAll(piece).map(([name]) => name),
    ...Object.keys(piece.peerDependencies ?? {}),
  ];
  const own = shipped.filter(
    ({ path }) => path.startsWith(`${folder}/`) && !/\.config\.ts$/.test(path),
  );
  const imported = own
    .flatMap(importsOf)
    .filter((name) => !/^(node:|server\/|sdk\/|admin-ui\/|migrations\/|virtual:)/.test(name))
    .map((name) =>
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/"),
    );
  expect([...new Set(imported)].filter((name) => !named.includes(name))).toEqual([]);
});
