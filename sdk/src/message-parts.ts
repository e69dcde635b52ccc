import { isRecord } from "./answers.ts";
import type { QueryOptions } from "./calls.ts";
import { SelvedgeError } from "./errors.ts";

/** What a query asks of its freshness. */
export function freshnessHeaders(own: string[], options: QueryOptions): Record<string, string> {
  const { atLeast = [], maxStaleMs, onMiss } = options;
  const receipts = [...new Set([...own, ...(typeof atLeast === "string" ? [atLeast] : atLeast)])];
  const asked = receipts.length > 0 || maxStaleMs !== undefined;
  return {
    ...(receipts.length > 0 && { "selvedge-at-least": receipts.join(",") }),
    ...(maxStaleMs !== undefined && { "selvedge-max-stale-ms": String(maxStaleMs) }),
    ...(asked && { "selvedge-on-miss": onMiss ?? "wait" }),
  };
}

/** Takes an answer for what it must be, or says that it is not. */
export function expectFields<Shape>(path: string, answer: unknown, fields: (keyof Shape)[]): Shape {
  if (isRecord(answer) && fields.every((field) => field in answer)) return answer as Shape;
  throw new SelvedgeError(`The answer to ${path} lacks ${fields.join(", ")}.`, {
    code: "INTERNAL",
    hint: "What answered is not Selvedge, or not a version that this SDK knows.",
  });
}

/** Written when the call is made: every attempt sends that, whatever becomes of the object. */
export function writeBody(input: object | undefined): string {
  try {
    return JSON.stringify(input ?? {});
  } catch (cause) {
    throw new SelvedgeError("The input cannot be written as JSON.", { code: "BAD_INPUT", cause });
  }
}
