import type { AnyRouter } from "@trpc/server";
import type { Procedures } from "./host/paths.ts";
import { kernelRefusals } from "./kernel/kernel-refusals.ts";
import { mergeRouters, router } from "./kernel/procedure.ts";
import type { ReadModel } from "./kernel/read-model.ts";
import type { RefusalDeclaration } from "./kernel/refusals.ts";
import { camelCase } from "./kernel/schemas.ts";
import * as own from "./router.gen.ts";

type EntityClass = abstract new (...args: never[]) => object;

/** What a module refuses, by reason. */
interface ModuleRefusals {
  readonly reasons: Readonly<Record<string, RefusalDeclaration>>;
}

/** Everything that a Selvedge serves: procedures, and what they store, read and refuse. */
export interface Application<All extends Procedures = Procedures> {
  /** Every procedure, as `<module>.<procedure>`. */
  readonly appRouter: AnyRouter;
  /** Every aggregate's table. */
  readonly entities: readonly EntityClass[];
  readonly refusals: readonly ModuleRefusals[];
  readonly readModels: readonly ReadModel[];
  /** The host's folder of SQL files for tables of its own, if it has any. */
  readonly migrations?: URL | undefined;
  /** The types of commands and queries, for who calls them in process; there is no such value. */
  readonly procedures?: All;
}

/** What a host's modules bring; `selvedge generate` writes it from their folders. */
export interface HostModules extends Omit<Application, "appRouter" | "procedures"> {
  /** The procedures of each module. */
  readonly modules: Readonly<Record<string, AnyRouter>>;
}

/** Selvedge's own modules. */
export const selvedgeApplication: Application = {
  appRouter: own.appRouter,
  entities: own.entities,
  refusals: own.refusals,
  readModels: own.readModels,
};

/** A host's modules do not go together with Selvedge's, or with each other. */
export class ExtensionError extends Error {
  override readonly name = "ExtensionError";
}

/**
 * Selvedge with a host's modules beside its own. Throws an `ExtensionError` where a name of theirs
 * is taken: of a module, of a procedure (types of the SDK carry it alone), of a read model, or of a
 * reason to refuse. `All` are the types of what is then served: `Commands & Queries` of its SDK.
 */
export function extendSelvedge<All extends Procedures = Procedures>(
  host: HostModules,
): Application<All> {
  const taken = (what: string, theirs: readonly string[], ours: readonly string[]) => {
    const double = theirs.find((name, at) => ours.includes(name) || theirs.indexOf(name) < at);
    if (double === undefined) return;
    const whose = ours.includes(double) ? "Selvedge has one" : "there are two";
    throw new ExtensionError(`The ${what} "${double}" needs another name: ${whose}.`);
  };
  const modulesOf = (routed: AnyRouter) => [
    ...new Set(pathsOf(routed).map((path) => path.split(".")[0] ?? "")),
  ];
  taken("module", Object.keys(host.modules), modulesOf(own.appRouter));
  const theirs = Object.values(host.modules).flatMap(pathsOf);
  taken("procedure", theirs, pathsOf(own.appRouter).map(bare));
  const named = ({ name }: ReadModel) => camelCase(name);
  taken("read model", host.readModels.map(named), own.readModels.map(named));
  const reasonsOf = (refusals: readonly ModuleRefusals[]) =>
    refusals.flatMap(({ reasons }) => Object.keys(reasons));
  taken("refusal", reasonsOf(host.refusals), reasonsOf([kernelRefusals, ...own.refusals]));
  return {
    appRouter: mergeRouters(own.appRouter, router(host.modules)),
    entities: [...own.entities, ...host.entities],
    refusals: [...own.refusals, ...host.refusals],
    readModels: [...own.readModels, ...host.readModels],
    migrations: host.migrations,
  };
}

function pathsOf(routed: AnyRouter): string[] {
  return Object.keys(routed._def.procedures);
}

function bare(path: string): string {
  return path.slice(path.indexOf(".") + 1);
}
