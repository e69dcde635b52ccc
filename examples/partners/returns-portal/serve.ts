/*
 * A returns portal: customers announce what they send back, and see what has become of it. Webhooks
 * say when something has.
 *
 * SELVEDGE_WEBHOOK_SECRET=whsec_... node --conditions=selvedge-source
 *   examples/partners/returns-portal/serve.ts [port]
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json, text } from "node:stream/consumers";
import {
  type AnnounceInboundInput,
  type AnnounceInboundRefusal,
  isSelvedgeError,
  type ReturnsPipelineRow,
  Selvedge,
} from "@selvedge/sdk";
import { verifyWebhook } from "@selvedge/sdk/webhooks";

type Line = Pick<ReturnsPipelineRow, "line" | "sku" | "stage" | "expected" | "received">;

const selvedge = new Selvedge({
  baseUrl: process.env.SELVEDGE_URL ?? "http://127.0.0.1:4000",
  apiKey: process.env.SELVEDGE_API_KEY,
});
const secret = process.env.SELVEDGE_WEBHOOK_SECRET ?? "";
// A portal that is to live longer keeps both in its database.
const returns = new Map<string, readonly Line[]>();
const webhooksSeen = new Set<string>();

/** A customer announces a return. Announced twice under one reference, it is refused. */
async function announce(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const wanted = (await json(request)) as Pick<
    AnnounceInboundInput,
    "ref" | "orderId" | "returnReason" | "lines"
  >;
  try {
    const { data } = await selvedge.inbound.announceInbound({
      ...wanted,
      source: "returns-portal",
      kind: "return",
    });
    returns.set(data.inboundId, []);
    await look([data.inboundId]);
    send(response, 201, { inboundId: data.inboundId });
  } catch (error) {
    if (!isSelvedgeError<AnnounceInboundRefusal>(error) || error.code !== "REFUSED") throw error;
    send(response, 422, { reason: error.reason, message: error.message });
  }
}

/**
 * Something has happened in the house. A webhook is a knock at the door, no more: what has become
 * of our returns is asked, so neither the order of webhooks matters nor one that never came.
 */
async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  try {
    const { id } = await verifyWebhook({ headers: request.headers, body }, { secret });
    if (!webhooksSeen.has(id)) await look([...returns.keys()]);
    webhooksSeen.add(id);
    response.writeHead(204).end();
  } catch (error) {
    if (!isSelvedgeError(error) || error.code !== "UNAUTHENTICATED") throw error;
    send(response, 401, { reason: error.reason });
  }
}

/** Asks for returns, and waits for the answer that shows all that has happened until now. */
async function look(inboundId: readonly string[]): Promise<void> {
  if (inboundId.length === 0) return;
  const lines = new Map<string, Line[]>(inboundId.map((id) => [id, []]));
  const now = { maxStaleMs: 0 };
  // A query takes a hundred values of a filter.
  for (let from = 0; from < inboundId.length; from += 100) {
    const some = { inboundId: inboundId.slice(from, from + 100) };
    for await (const row of selvedge.inbound.returnsPipeline.rows(some, now)) {
      const { line, sku, stage, expected, received } = row;
      lines.get(row.inboundId)?.push({ line, sku, stage, expected, received });
    }
  }
  for (const [id, known] of lines) returns.set(id, known);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = "" } = request;
  if (method === "POST" && url === "/returns") return announce(request, response);
  if (method === "POST" && url === "/webhooks") return hear(request, response);
  const lines = method === "GET" ? returns.get(url.replace(/^\/returns\//, "")) : undefined;
  send(response, lines ? 200 : 404, lines ? { lines } : { reason: "unknown" });
}

const server = createServer((request, response) => {
  route(request, response).catch((error: unknown) => {
    console.error(error);
    send(response, 500, { reason: "try-again" });
  });
});
server.listen(Number(process.argv[2] ?? 3_000), "127.0.0.1", () => {
  console.log(`The portal listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
