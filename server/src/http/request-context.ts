import type { Request, Response } from "express";
import { basedOnHeader } from "../kernel/based-on.ts";
import type { FreshnessContract, Identity, RequestContext } from "../kernel/context.ts";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { receiptsMax } from "../kernel/receipt.ts";
import { freshnessContract } from "../kernel/wanted-freshness.ts";
import { countUse } from "./count-use.ts";
import { type Entry, header, requestIdOf } from "./entry.ts";
import { greet } from "./handshake.ts";
import { isLocal, localIdentity } from "./identity.ts";

const headers = {
  whole: "A header",
  atLeast: "selvedge-at-least",
  maxStaleMs: "selvedge-max-stale-ms",
  onMiss: "selvedge-on-miss",
  deadlineMs: "selvedge-timeout-ms",
};

/** What differs by the way in which a procedure is called. */
export interface Called {
  readonly path: string | undefined;
  readonly commandId: string | undefined;
}

/** Reads what every procedure starts from off a request's headers. */
export async function requestContext(
  req: Request,
  res: Response,
  entry: Entry,
  { path, commandId }: Called,
): Promise<RequestContext> {
  greet(req, res, { served: entry.served, path });
  const engine = entry.engine();
  if (!engine) throw new Fault("UNAVAILABLE", "Selvedge is not running just now.");
  const identity = await identify(req, engine, entry);
  // A stream was counted when it began.
  if (!res.headersSent) countUse({ engine, identity }, entry.served, path, req);
  return {
    engine,
    identity,
    commandId,
    freshness: readFreshness(req, engine),
    basedOn: header(req, basedOnHeader),
    requestId: requestIdOf(res),
  };
}

/** The same for a call that counts among those which its partner may make. */
export async function callContext(
  ...[req, res, entry, called]: Parameters<typeof requestContext>
): Promise<RequestContext> {
  const context = await requestContext(req, res, entry, called);
  if (context.identity) await entry.rates.count(context.identity, res);
  return context;
}

async function identify(
  req: Request,
  engine: Engine,
  { authenticate, keys }: Entry,
): Promise<Identity | undefined> {
  const authorization = header(req, "authorization");
  if (authorization?.startsWith("Bearer slv_")) return keys.identify(engine, authorization);
  if (authenticate) return authenticate(req);
  if (authorization !== undefined) return keys.identify(engine, authorization);
  return isLocal(req) ? localIdentity : undefined;
}

function readFreshness(req: Request, engine: Engine): FreshnessContract {
  const wanted = {
    // One more than may be asked for is enough to see that it is too many.
    atLeast: header(req, headers.atLeast)?.split(",", receiptsMax + 1),
    maxStaleMs: readMs(req, headers.maxStaleMs),
    onMiss: header(req, headers.onMiss),
    deadlineMs: readMs(req, headers.deadlineMs),
  };
  return freshnessContract(engine, wanted, headers);
}

function readMs(req: Request, name: string): number | undefined {
  const text = header(req, name);
  if (text === undefined) return undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}
