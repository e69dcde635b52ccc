import { faultCodes } from "../kernel/faults.ts";

const ref = (of: string) => (name: string) => ({ $ref: `#/components/${of}/${name}` });

/** Where the document names a schema. */
export const schemaRef = ref("schemas");
/** Where the document names a parameter. */
export const parameterRef = ref("parameters");
/** Where the document names an answer. */
export const responseRef = ref("responses");
const headerRef = ref("headers");

/** The headers of every answer. */
export const answerHeaders = {
  "selvedge-request-id": headerRef("RequestId"),
  "selvedge-notice": headerRef("Notice"),
};

/** An answer that is a problem (RFC 9457), of a schema. */
export function problemResponse(description: string, schema: object = schemaRef("Problem")) {
  const content = { "application/problem+json": { schema } };
  return { description, headers: answerHeaders, content };
}

/** What every procedure may answer instead, by status. */
export const commonResponses = {
  400: responseRef("BadInput"),
  401: responseRef("Unauthenticated"),
  403: responseRef("Forbidden"),
  500: responseRef("Internal"),
  503: responseRef("Unavailable"),
  504: responseRef("Timeout"),
};

/** What a request with a body may be answered beside that. */
export const bodyResponses = {
  413: responseRef("TooLarge"),
  415: responseRef("UnsupportedMediaType"),
};

const ms = (max: number) => ({ type: "integer", format: "int32", minimum: 0, maximum: max });

const header = (name: string, description: string, schema: object) => ({
  ...{ name, in: "header", description, schema },
});

const parameters = {
  IdempotencyKey: {
    ...header(
      "Idempotency-Key",
      "Names the command: made before the first attempt and kept over retries, it is applied once, " +
        "and every repeat answers what the first did. A UUID is right.",
      { type: "string", pattern: '^"?[A-Za-z0-9_.:-]{8,100}"?$' },
    ),
    required: true,
    example: "5f0c7a9e-0d7b-4a53-9c37-0a6cf6b2d3a1",
  },
  BasedOn: header(
    "selvedge-based-on",
    "What was seen when the command was decided on, as base64url of JSON: " +
      '`{"freshness": {"asOf": ...}, "facts": [{"readModel", "key", "columns"}]}`, each as a query ' +
      "answered it. Where any of it has changed, the command is refused as `decision-stale`.",
    { type: "string", maxLength: 8_000 },
  ),
  AtLeast: header(
    "selvedge-at-least",
    "Receipts that the answer must include, with commas between them; 64 at most.",
    { type: "string" },
  ),
  MaxStaleMs: header(
    "selvedge-max-stale-ms",
    "Greatest lag that is accepted, in milliseconds.",
    ms(86_400_000),
  ),
  OnMiss: header(
    "selvedge-on-miss",
    "What to do where the read model is not as fresh as asked: `serve` what there is and say so, " +
      "`wait` for the refresh (409 `NOT_FRESH` when the time is up), `patch` (compute what is " +
      "pending on top), `live` (compute everything), or `error` (409 at once).",
    { type: "string", enum: ["serve", "wait", "patch", "live", "error"], default: "serve" },
  ),
  TimeoutMs: header(
    "selvedge-timeout-ms",
    "How long the caller waits for a fresh answer, in milliseconds; the server uses 5,000 at most.",
    { ...ms(86_400_000), default: 1_000 },
  ),
};

const headers = {
  RequestId: {
    description: "Name it when you ask the operator: the server's log has it.",
    schema: { type: "string" },
  },
  Notice: {
    description:
      'What the caller should know, as quoted sentences with commas between them: `"orders.x is ' +
      'deprecated: use orders.y since 0.3.0."`',
    schema: { type: "string" },
  },
  RetryAfter: {
    description: "Seconds to wait before it is worth trying again.",
    schema: { type: "integer", format: "int32" },
  },
};

const unavailable = problemResponse("Busy, restarting, or not serving this; try again.");
const responses = {
  BadInput: problemResponse(
    "The request is not one that the server takes; `details.issues` says where and why. Or a " +
      "receipt is not one of this database's (`RECEIPT_REFUSED`).",
  ),
  Unauthenticated: problemResponse("The server does not know who is calling."),
  Forbidden: problemResponse("The caller's scopes do not cover this."),
  TooLarge: problemResponse("The request is larger than 1 MB."),
  UnsupportedMediaType: problemResponse("The body is not sent as plain `application/json`."),
  NotFresh: problemResponse("Not as fresh as asked (`NOT_FRESH`); the facts are in `details`."),
  Internal: problemResponse("A bug. Give the operator the `requestId`."),
  Unavailable: {
    ...unavailable,
    headers: { ...answerHeaders, "Retry-After": headerRef("RetryAfter") },
  },
  Timeout: problemResponse("The database took too long; repeat a command under the same key."),
};

const text = (description: string) => ({ type: "string", description });

const schemas = {
  JsonValue: {
    description: "Any JSON: what an event carries, each type its own fields.",
    anyOf: [
      { type: ["string", "number", "boolean", "null"] },
      { type: "array", items: schemaRef("JsonValue") },
      { type: "object", additionalProperties: schemaRef("JsonValue") },
    ],
  },
  Receipt: text(
    "Proof of the write: a query that is given it in `selvedge-at-least` shows the write.",
  ),
  Freshness: {
    type: "object",
    description: "How fresh an answer is.",
    properties: {
      asOf: {
        type: ["string", "null"],
        format: "date-time",
        description: "The moment whose state the answer shows, by the database's clock.",
      },
      lagMs: {
        type: ["number", "null"],
        description: "Age of the oldest change that is not in yet; 0 if none, null if unknown.",
      },
      pending: {
        ...{ type: "integer", format: "int64", minimum: 0 },
        description: "Number of changes that are not in yet.",
      },
      includesReceipt: {
        type: ["boolean", "null"],
        description: "Whether every receipt asked for is in; null if none was.",
      },
      servedFrom: { type: "string", enum: ["readModel", "patched", "live"] },
    },
    required: ["asOf", "lagMs", "pending", "includesReceipt", "servedFrom"],
  },
  Problem: {
    type: "object",
    description: "Why a request failed (RFC 9457).",
    properties: {
      type: { ...text("Names the kind of problem."), format: "uri" },
      title: text("The kind of problem in a few words."),
      status: { type: "integer", format: "int32", description: "The HTTP status." },
      detail: text("What is wrong with this request, for a person to read."),
      code: { type: "string", enum: faultCodes },
      retryable: { type: "boolean", description: "Whether the same request may succeed later." },
      reason: text("Why the domain said no, where `code` is `REFUSED`."),
      kind: { type: "string", enum: ["not-found", "conflict", "invalid"] },
      details: { type: "object", additionalProperties: schemaRef("JsonValue") },
      hint: text("What to do about it."),
      requestId: text("Name it when you ask the operator: the server's log has it."),
    },
    required: ["type", "title", "status", "detail", "code", "retryable", "requestId"],
  },
};

/** The parts of the document that no procedure changes. */
export const fixedComponents = {
  schemas,
  parameters,
  headers,
  responses,
  securitySchemes: {
    partnerKey: {
      type: "http",
      scheme: "bearer",
      description:
        "A partner's key, `slv_...`. A host that mounts Selvedge may know its callers otherwise.",
    },
  },
};
