import { Selvedge } from "@selvedge/sdk";
import type { Request } from "express";
import { isLocal, localIdentity } from "../http/identity.ts";
import type { Identity } from "../kernel/context.ts";
import { keyText } from "../kernel/primitives.ts";

/** By this header a caller on this machine says in whose name it works. */
const workerHeader = "x-works-as";

/**
 * Who calls a server that was started to try things out: whoever is on this machine, in any name,
 * so that boards and journal show different people. All of them may do everything.
 */
export function whoWorks(req: Request): Identity | undefined {
  // Who shows a key of any kind means that key.
  if (!isLocal(req) || req.headers.authorization !== undefined) return undefined;
  const name = req.headers[workerHeader];
  if (name === undefined) return localIdentity;
  const { success, data: actor } = keyText().safeParse(name);
  return success ? { ...localIdentity, actor } : undefined;
}

/** The SDK in the hands of somebody who works at such a server. */
export function clientOf(baseUrl: string, name: string): Selvedge {
  const signed: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set(workerHeader, name);
    return fetch(input, { ...init, headers });
  };
  return new Selvedge({ baseUrl, fetch: signed });
}
