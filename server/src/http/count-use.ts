import type { Request } from "express";
import type { Served } from "../contract/served.ts";
import type { Identity } from "../kernel/context.ts";
import type { Engine } from "../kernel/engine.ts";
import { header } from "./entry.ts";

const counted = new WeakMap<Served, ReadonlySet<string>>();

/**
 * Counts a call of a partner. What operations ask is not counted: the admin page asks each second,
 * and that is nobody's use of the house.
 */
export function countUse(
  { engine, identity }: { readonly engine: Engine; readonly identity: Identity | undefined },
  served: Served,
  procedure: string | undefined,
  req: Request,
): void {
  // Anything may be asked for; only what there is can be used.
  if (!identity || procedure === undefined || !countedOf(served).has(procedure)) return;
  const { tenant, partner } = identity;
  engine.uses.called({ tenant, partner, procedure, sdk: sdkOf(req) });
}

function countedOf(served: Served): ReadonlySet<string> {
  const known = counted.get(served);
  if (known) return known;
  const paths = served.contract.map(({ path }) => path);
  const made = new Set(paths.filter((path) => !path.startsWith("operations.")));
  counted.set(served, made);
  return made;
}

function sdkOf(req: Request): string {
  const said = header(req, "selvedge-sdk") ?? "";
  return /^[\w./+-]{1,40}$/.test(said) ? said : "";
}
