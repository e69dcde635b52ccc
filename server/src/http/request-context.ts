import type { Request, Response } from "express";
import { basedOnHeader } from "../kernel/based-on.ts";
import {
  type FreshnessContract,
  type Identity,
  onMissModes,
  type RequestContext,
} from "../kernel/context.ts";
import type { Engine } from "../kernel/engine.ts";
import { Fault } from "../kernel/faults.ts";
import { type Receipt, readReceipt, receiptsMax } from "../kernel/receipt.ts";
import { countUse } from "./count-use.ts";
import { type Entry, header, requestIdOf } from "./entry.ts";
import { greet } from "./handshake.ts";
import { isLocal, localIdentity } from "./identity.ts";

const deadlineMsDefault = 1_000;
const deadlineMsMax = 5_000;
const staleMsMax = 86_400_000;

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
  greet(req, res, path);
  const engine = entry.engine();
  if (!engine) throw new Fault("UNAVAILABLE", "Selvedge is not running just now.");
  const identity = await identify(req, engine, entry);
  // A stream was counted when it began.
  if (!res.headersSent) countUse({ engine, identity }, path, req);
  return {
    engine,
    identity,
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
  const wanted = header(req, "selvedge-on-miss") ?? "serve";
  const onMiss = onMissModes.find((mode) => mode === wanted);
  if (!onMiss) throw badHeader("selvedge-on-miss", `is none of ${onMissModes.join(", ")}`);
  return {
    atLeast: readReceipts(header(req, "selvedge-at-least"), engine.epoch),
    maxStaleMs: readMs(req, "selvedge-max-stale-ms", staleMsMax),
    onMiss,
    deadlineMs: Math.min(
      readMs(req, "selvedge-timeout-ms", staleMsMax) ?? deadlineMsDefault,
      deadlineMsMax,
    ),
  };
}

function readReceipts(text: string | undefined, epoch: string): Receipt[] {
  if (text === undefined) return [];
  const parts = text.split(",", receiptsMax + 1);
  if (parts.length > receiptsMax) {
    throw new Fault("RECEIPT_REFUSED", `A query takes at most ${receiptsMax} receipts.`);
  }
  return parts.map((part) => {
    const receipt = readReceipt(part.trim());
    if (!receipt) throw new Fault("RECEIPT_REFUSED", "This is not a receipt of Selvedge.");
    if (receipt.epoch !== epoch) {
      throw new Fault("RECEIPT_REFUSED", "This receipt is from another database.", {
        hint: "Drop receipts that were kept from before the database was replaced.",
      });
    }
    return receipt;
  });
}

function readMs(req: Request, name: string, max: number): number | undefined {
  const text = header(req, name);
  if (text === undefined) return undefined;
  const ms = Number(text);
  if (/^\d{1,9}$/.test(text) && ms <= max) return ms;
  throw badHeader(name, `is not a whole number of milliseconds up to ${max}`);
}

function badHeader(name: string, message: string): Fault {
  return new Fault("BAD_INPUT", "A header is not valid.", {
    details: { issues: [{ path: name, message }] },
  });
}
