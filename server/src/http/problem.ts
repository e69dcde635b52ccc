import type { Response } from "express";
import { type FaultCode, httpStatusOf, reportFault, toTrpcError } from "../kernel/faults.ts";
import { requestIdOf } from "./entry.ts";

const titles: Record<FaultCode, string> = {
  BAD_INPUT: "The request is not valid",
  UNAUTHENTICATED: "Nobody is known to be calling",
  FORBIDDEN: "Not allowed",
  NOT_FOUND: "Not found",
  REFUSED: "Refused by the domain",
  CONFLICT: "Others changed the same thing",
  COMMAND_ID_REUSED: "The key was another command's",
  RECEIPT_REFUSED: "Not a receipt of this database",
  NOT_FRESH: "Not as fresh as asked",
  TOO_LARGE: "Too large",
  SDK_TOO_OLD: "The SDK is too old",
  TIMEOUT: "Took too long",
  UNAVAILABLE: "Not available just now",
  INTERNAL: "Went wrong on the server",
};

// What makes a server unavailable mostly passes within a second.
const retryAfterS = 1;
const passing = new Set([429, 503]);

/** Answers a failure as a problem. Source: https://www.rfc-editor.org/rfc/rfc9457 */
export function sendProblem(res: Response, error: unknown): void {
  const { message: detail, code, reason, ...report } = reportFault(toTrpcError(error));
  const status = httpStatusOf(error);
  const kind = code.toLowerCase().replaceAll("_", "-");
  if (passing.has(status) && !res.hasHeader("retry-after")) {
    res.setHeader("retry-after", retryAfterS);
  }
  if (status === 401) res.setHeader("www-authenticate", "Bearer");
  const problem = {
    type: `urn:selvedge:problem:${kind}${reason === undefined ? "" : `:${reason}`}`,
    title: titles[code],
    status,
    detail,
    code,
    ...(reason !== undefined && { reason }),
    ...report,
    requestId: requestIdOf(res),
  };
  res.status(status).type("application/problem+json").send(JSON.stringify(problem));
}
