import type { Request, Response } from "express";
import { restPath } from "../contract/print-openapi.ts";
import type { Served } from "../contract/served.ts";
import type { ContractProcedure } from "../contract/walk.ts";
import { requireCommandId } from "../kernel/command-log.ts";
import { Fault } from "../kernel/faults.ts";
import { type Entry, header, isJsonBody, logBug, requestIdOf } from "./entry.ts";
import { sendProblem } from "./problem.ts";
import { inputFromQuery, parametersOf } from "./query-input.ts";
import { readBody, unsupported } from "./read-body.ts";
import { callContext } from "./request-context.ts";

/**
 * The REST facade: what the OpenAPI document says, below `/v1`. It calls the very procedures that
 * `/trpc` does, with the same context, so there is no way around anything here.
 */
export function restRoutes(entry: Entry) {
  let byPath: ReadonlyMap<string, ContractProcedure> | undefined;
  return async (req: Request, res: Response): Promise<void> => {
    let path: string | undefined;
    try {
      byPath ??= proceduresByPath(entry.served);
      const procedure = findProcedure(byPath, `/v1${req.path}`);
      path = procedure.path;
      requireMethod(procedure, req, res);
      res.json(await call(procedure, entry, req, res));
    } catch (error) {
      logBug(entry.log, error, { path, requestId: requestIdOf(res) });
      sendProblem(res, error);
    }
  };
}

function findProcedure(
  byPath: ReadonlyMap<string, ContractProcedure>,
  path: string,
): ContractProcedure {
  const found = byPath.get(path);
  if (found) return found;
  throw new Fault("NOT_FOUND", "There is no such command or query.", {
    hint: "What there is stands in /openapi.json.",
  });
}

function proceduresByPath({ contract }: Served): ReadonlyMap<string, ContractProcedure> {
  return new Map(
    contract
      .filter(({ kind }) => kind !== "operation")
      .map((procedure) => [restPath(procedure), procedure]),
  );
}

function requireMethod({ kind }: ContractProcedure, { method }: Request, res: Response): void {
  const methods = kind === "command" ? ["POST"] : ["GET", "HEAD", "POST"];
  if (methods.includes(method)) return;
  res.setHeader("allow", methods.join(", "));
  const [only, ...others] = methods.filter((one) => one !== "HEAD");
  throw new Fault("BAD_INPUT", `This takes a ${[only, ...others].join(" or a ")}.`, {
    status: "METHOD_NOT_SUPPORTED",
  });
}

async function call(
  { path, kind, input }: ContractProcedure,
  entry: Entry,
  req: Request,
  res: Response,
): Promise<unknown> {
  const key = header(req, "idempotency-key")?.replace(/^"(.*)"$/, "$1");
  const ctx = await callContext(req, res, entry, { path, commandId: key });
  const commandId = kind === "command" ? requireCommandId(key, "idempotency-key") : undefined;
  let reading: Promise<unknown> | undefined;
  // Read once, and not before the caller is let in.
  const read = () => {
    reading ??= readInput(input, req, res);
    return reading;
  };
  const called = { path, kind: kind === "command" ? "command" : "query" } as const;
  const answer = await entry.served.call(called, ctx, read);
  return commandId === undefined ? answer : { ...(answer as object), commandId };
}

async function readInput(
  input: ContractProcedure["input"],
  req: Request,
  res: Response,
): Promise<unknown> {
  if (req.method !== "POST") return inputFromQuery(input, req.url);
  if (!isJsonBody(req)) throw unsupported("Send the body as content-type: application/json.");
  const [name] = parametersOf(req.url).keys();
  if (name !== undefined) {
    throw new Fault("BAD_INPUT", "The input is not valid.", {
      details: { issues: [{ path: name, message: "stands in the address of a POST" }] },
    });
  }
  return readBody(req, res);
}
