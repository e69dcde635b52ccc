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

const byKey = "Send a partner key as `Authorization: Bearer slv_...`, or call";
const waysIn = {
  host: `${byKey} as somebody whom the host knows.`,
  alone: `${byKey} from the machine itself.`,
};

/** What differs by the way in which a procedure is called. */
export interface Called {
  readonly path: string | undefined;
  readonly commandId: string | undefined;
}

type Calling = [req: Request, res: Response, entry: Entry, called: Called];

/** Reads what every procedure starts from off a request's headers. */
export async function requestContext(...calling: Calling): Promise<RequestContext> {
  return contextOf(calling, await callerOf(calling));
}

/** The same for a call that counts as its partner's use, and among those which they may make. */
export async function callContext(...calling: Calling): Promise<RequestContext> {
  const [req, res, { served, rates }, { path }] = calling;
  const caller = await callerOf(calling);
  countUse(caller, served, path, req);
  const context = contextOf(calling, caller);
  if (caller.identity) await rates.count(caller.identity, res);
  return context;
}

async function callerOf([req, res, entry, { path }]: Calling) {
  greet(req, res, { served: entry.served, path });
  const engine = entry.engine();
  if (!engine) throw new Fault("UNAVAILABLE", "Selvedge is not running just now.");
  return { engine, identity: await identify(req, engine, entry) };
}

function contextOf(
  [req, res, { authenticate }, { commandId }]: Calling,
  { engine, identity }: Awaited<ReturnType<typeof callerOf>>,
): RequestContext {
  return {
    engine,
    identity,
    wayIn: authenticate ? waysIn.host : waysIn.alone,
    commandId,
    freshness: readFreshness(req, engine),
    basedOn: header(req, basedOnHeader),
    requestId: requestIdOf(res),
  };
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
