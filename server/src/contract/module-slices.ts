import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isFeed, isReadModel } from "../kernel/read-model.ts";
import { camelCase } from "../kernel/schemas.ts";

/** A command's slice: its file, relative to the sources' folder, and its procedure. */
export interface CommandSlice {
  readonly file: string;
  readonly procedure: string;
}

/** A read model's slice: its file, the read model, and further queries over it. */
export interface ReadModelSlice {
  readonly file: string;
  readonly readModel: string;
  /** Whether callers may page through its rows: a feed has nothing but its own queries. */
  readonly paged: boolean;
  readonly queries: readonly string[];
}

/** What the folder of a module holds. */
export interface ModuleSlices {
  readonly name: string;
  /** The file that exports `entities`, where there is one. */
  readonly entities: string | undefined;
  /** The file that exports `<module>Refusals`, where there is one. */
  readonly refusals: string | undefined;
  readonly commands: readonly CommandSlice[];
  readonly readModels: readonly ReadModelSlice[];
}

type Exports = Readonly<Record<string, unknown>>;
type Found = { readonly at: string; readonly file: string; readonly exports: Exports };

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Reads the slices of all modules below the sources' folder, sorted by name. A folder that is not
 * shaped like a slice is an error that says what is expected of it.
 */
export async function readModuleSlices(sources: string): Promise<ModuleSlices[]> {
  const modules: ModuleSlices[] = [];
  for (const folder of foldersIn(sources, "modules"))
    modules.push(await readModule(sources, folder));
  refuseSharedNames(modules);
  return modules;
}

async function readModule(sources: string, folder: string): Promise<ModuleSlices> {
  const name = nameOf(folder, "modules");
  const at = `modules/${folder}`;
  const refusals = `${name}Refusals`;
  const commands: CommandSlice[] = [];
  for (const found of await readSlices(sources, `${at}/commands`, "command.ts")) {
    commands.push(commandOf(found));
  }
  const readModels: ReadModelSlice[] = [];
  for (const found of await readSlices(sources, `${at}/read-models`, "read-model.ts")) {
    readModels.push(readModelOf(found));
  }
  return {
    name,
    entities: await fileExporting(sources, `${at}/entities.ts`, "entities"),
    refusals: await fileExporting(sources, `${at}/refusals.ts`, refusals),
    commands,
    readModels,
  };
}

async function readSlices(sources: string, at: string, file: string): Promise<Found[]> {
  const slices: Found[] = [];
  for (const folder of foldersIn(sources, at)) {
    const path = `${at}/${folder}/${file}`;
    if (!existsSync(join(sources, path))) {
      throw new Error(`${at}/${folder}: expected a ${file} in it.`);
    }
    slices.push({ at: `${at}/${folder}`, file: path, exports: await importFrom(sources, path) });
  }
  return slices;
}

function commandOf({ at, file, exports }: Found): CommandSlice {
  const procedure = nameOf(at.slice(at.lastIndexOf("/") + 1), at);
  if (typeOf(exports[procedure]) !== "mutation") {
    throw new Error(
      `${at}: expected command.ts to export the command "${procedure}" (a mutation).`,
    );
  }
  const others = Object.keys(exports).filter((name) => name !== procedure && typeOf(exports[name]));
  if (others.length > 0) {
    throw new Error(
      `${at}: expected one procedure; ${others.join(", ")} needs a folder of its own.`,
    );
  }
  return { file: `./${file}`, procedure };
}

function readModelOf({ at, file, exports }: Found): ReadModelSlice {
  nameOf(at.slice(at.lastIndexOf("/") + 1), at);
  const found = Object.entries(exports).filter(([, value]) => isReadModel(value));
  const [entry] = found;
  if (!entry || found.length > 1) {
    throw new Error(`${at}: expected read-model.ts to export one read model, not ${found.length}.`);
  }
  const [readModel, declared] = entry;
  const expected = isReadModel(declared) ? camelCase(declared.name) : readModel;
  if (readModel !== expected) {
    throw new Error(`${at}: expected the read model to be exported as "${expected}".`);
  }
  const procedures = Object.keys(exports).filter((name) => typeOf(exports[name]));
  const odd = procedures.find((name) => typeOf(exports[name]) !== "query");
  if (odd) throw new Error(`${at}: expected queries beside the read model; "${odd}" is none.`);
  const paged = !(isReadModel(declared) && isFeed(declared));
  if (!paged && procedures.length === 0) throw new Error(`${at}: expected a query of the feed.`);
  return { file: `./${file}`, readModel, paged, queries: procedures.sort() };
}

/** SDK types and the generated imports carry the bare name, so it must be one procedure's alone. */
function refuseSharedNames(modules: readonly ModuleSlices[]): void {
  const files = new Map<string, string>();
  for (const { commands, readModels } of modules) {
    const named = [
      ...commands.map(({ file, procedure }) => [procedure, file] as const),
      ...readModels.flatMap(({ file, readModel, queries }) =>
        [readModel, ...queries].map((name) => [name, file] as const),
      ),
    ];
    for (const [name, file] of named) {
      const other = files.get(name);
      if (other) throw new Error(`${file}: expected another name than "${name}", as in ${other}.`);
      files.set(name, file);
    }
  }
}

async function fileExporting(
  sources: string,
  file: string,
  name: string,
): Promise<string | undefined> {
  if (!existsSync(join(sources, file))) return undefined;
  if (!(name in (await importFrom(sources, file)))) {
    throw new Error(`${file}: expected it to export "${name}".`);
  }
  return `./${file}`;
}

function importFrom(sources: string, file: string): Promise<Exports> {
  return import(pathToFileURL(join(sources, file)).href);
}

function foldersIn(sources: string, at: string): string[] {
  const folder = join(sources, at);
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** `place-order` to `placeOrder`. */
function nameOf(folder: string, at: string): string {
  if (!kebabCase.test(folder)) throw new Error(`${at}: expected "${folder}" to be in kebab-case.`);
  return camelCase(folder.replaceAll("-", "_"));
}

/** What a tRPC procedure is; `undefined` for anything else. */
function typeOf(value: unknown): string | undefined {
  const def = (value as { _def?: { procedure?: boolean; type?: string } } | null | undefined)?._def;
  return def?.procedure ? def.type : undefined;
}
