import type { Request } from "express";
import { servedContract } from "../contract/served.ts";
import type { Identity } from "../kernel/context.ts";
import type { Engine } from "../kernel/engine.ts";
import { header } from "./entry.ts";

let counted: ReadonlySet<string> | undefined;

/**
 * Counts a call of a partner. What operations ask is not counted: the admin page asks each second,
 * and that is nobody's use of the house.
 */
export function countUse(
  { engine, identity }: { readonly engine: Engine; readonly identity: Identity | undefined },
  procedure: string | undefined,
  req: Request,
): void {
  counted ??= new Set(
    servedContract().flatMap(({ path }) => (path.startsWith("operations.") ? [] : [path])),
  );
  // Anything may be asked for; only what there is can be used.
  if (!identity || procedure === undefined || !counted.has(procedure)) return;
  const { tenant, partner } = identity;
  engine.uses.called({ tenant, partner, procedure, sdk: sdkOf(req) });
}

function sdkOf(req: Request): string {
  const said = header(req, "selvedge-sdk") ?? "";
  return /^[\w./+-]{1,40}$/.test(said) ? said : "";
}
