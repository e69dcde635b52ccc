import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Freshness } from "../calls.ts";

/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** How one request is answered. */
export type Step = (response: ServerResponse, request: SeenRequest) => void;

const fresh: Freshness = {
  asOf: "2026-01-05T10:00:00.000Z",
  lagMs: 0,
  withinPromise: true,
  pending: 0,
  includesReceipt: null,
  servedFrom: "readModel",
};

/** A real HTTP server for one test: it answers as scripted, the last step again and again. */
export async function scriptedServer(...steps: Step[]) {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url: path = "", headers } = request;
    const text = Buffer.concat(chunks).toString("utf8");
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const step = steps[Math.min(seen.length, steps.length - 1)];
    const one = { method, path, headers, body };
    seen.push(one);
    step?.(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/selvedge`, seen };
}

/** Answers with JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Step {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Answers a command. */
export function commanded(receipt: string, data: unknown = {}, repeated = false): Step {
  return json(200, { result: { data: { data, receipt, repeated } } });
}

/** Answers a query. */
export function queried(data: unknown, freshness: Partial<Freshness> = {}): Step {
  return json(200, { result: { data: { data, freshness: { ...fresh, ...freshness } } } });
}

/** Answers a query with no rows. */
export const noRows = queried({ rows: [], nextCursor: null });

/** Fails as Selvedge does. */
export function failed(httpStatus: number, data: Record<string, unknown>, message = "No."): Step {
  const error = { message, code: -32_000, data: { httpStatus, retryable: false, ...data } };
  return json(httpStatus, { error });
}

/** Answers with a page of some other server. */
export function page(status: number, headers: Record<string, string> = {}): Step {
  return (response) => {
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", ...headers });
    response.end("<!doctype html>\n<title>Welcome</title>");
  };
}

/** Cuts the connection without an answer. */
export const cut: Step = (response) => response.destroy();

/** Never answers. */
export const silence: Step = () => {};

/** Begins a well-formed answer and ends it, in due form, too early. */
export const halfJson: Step = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end('{"result":{"data":{"data":{"orderId":"1');
};

/** Begins an answer, then cuts the connection. */
export const halfBody: Step = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
  response.write('{"result":', () => response.destroy());
};
