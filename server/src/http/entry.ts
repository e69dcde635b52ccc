import { randomUUID } from "node:crypto";
import type { Request, Response } from "express";
import type { Served } from "../contract/served.ts";
import type { Identity } from "../kernel/context.ts";
import type { Engine } from "../kernel/engine.ts";
import { reportFault, toTrpcError } from "../kernel/faults.ts";
import type { Logger } from "../kernel/log.ts";
import type { CallRates } from "./call-rates.ts";
import type { PartnerKeys } from "./identity.ts";

/** How a host says who is calling. */
export type Authenticate = (req: Request) => Promise<Identity | undefined> | Identity | undefined;

/** What calls come in to, whichever way they take. */
export interface Entry {
  /** What to run on; undefined before the start and after the stop. */
  readonly engine: () => Engine | undefined;
  readonly authenticate: Authenticate | undefined;
  readonly keys: PartnerKeys;
  readonly rates: CallRates;
  /** What may be called. */
  readonly served: Served;
  readonly log: Logger;
}

/** The largest body; the largest lawful command is an order of 2,000 lines, some 600 KB. */
export const bodyBytesMax = 1_000_000;

/** Whether a request says that its body is JSON. */
export function isJsonBody({ headers }: Request): boolean {
  return /^application\/json\b/i.test(headers["content-type"] ?? "");
}

/** Writes down what only the operator may know of a failure. */
export function logBug(
  log: Logger,
  cause: unknown,
  call: { readonly path: string | undefined; readonly requestId: string | undefined },
): void {
  const error = toTrpcError(cause);
  if (reportFault(error).code !== "INTERNAL") return;
  log.error({ err: error.cause ?? error, ...call }, "a procedure failed");
}

/** Gives a request its id, once. */
export function requestIdOf(res: Response): string {
  const known = res.getHeader("selvedge-request-id");
  if (typeof known === "string") return known;
  const id = randomUUID();
  res.setHeader("selvedge-request-id", id);
  return id;
}

/** A header that is given once. */
export function header(req: Request, name: string): string | undefined {
  const value = req.headers[name];
  return typeof value === "string" ? value : undefined;
}
