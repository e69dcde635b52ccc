import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { adminPagePolicy } from "../../server/src/http/admin-page.ts";
import { allFresh, type Scenario } from "./scenarios.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};
const BASES = ["/a/b", ""];
/** What is answered whatever the scenario. */
const ALWAYS: Readonly<Record<string, unknown>> = {
  "/trpc/operations.access": { tenant: "default", partner: "erp", actor: "olga", scopes: ["*"] },
  "/trpc/operations.behind": {
    readModel: "orderBoard",
    things: [
      { kind: "Garment", count: 37 },
      { kind: "Order", count: 4 },
    ],
    cutOffs: [{ kind: "Order", at: "2026-03-02T17:00:00.000Z", count: 4 }],
    isAtLeast: false,
  },
};

/** A server that has the page under /admin/ and /a/b/admin/ and answers as the test says. */
export interface FakeServer {
  readonly origin: string;
  /** Changes what the server answers from now on. */
  show(scenario: Scenario): void;
  /** From now on it tells the lag live too, each second, or cuts off whoever is told. */
  tellLive(isTelling: boolean): void;
  /** How many it tells the lag just now. */
  readonly listeners: number;
  /** Paths of all API calls so far, with the headers that came with them. */
  readonly calls: { readonly path: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

/** Starts the fake server on a free port, with the built page of the given folder. */
export async function startFakeServer(dist: string): Promise<FakeServer> {
  let scenario: Scenario = allFresh;
  const calls: FakeServer["calls"] = [];
  let isTelling = false;
  const told = new Set<ServerResponse>();
  const tell = (to: Iterable<ServerResponse>) => {
    for (const response of to) {
      // Silence is no event, and whatever is wrong ends a stream.
      if (scenario.kind === "silence") continue;
      if (scenario.kind !== "report") response.destroy();
      else response.write(`data: ${JSON.stringify(scenario.report(Date.now()))}\n\n`);
    }
  };
  const telling = setInterval(() => tell(told), 1_000);

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://fake").pathname;
    const base = BASES.find((prefix) => path.startsWith(`${prefix}/`)) ?? "";
    const inside = path.slice(base.length);
    if (inside === "/trpc/operations.lag" && request.method === "POST") {
      calls.push({ path, authorization: request.headers.authorization });
      answer(scenario, request, response);
    } else if (Object.hasOwn(ALWAYS, inside) && scenario.kind === "report") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ result: { data: ALWAYS[inside] } }));
    } else if (inside === "/live/operations.lag" && isTelling) {
      told.add(response);
      response.once("close", () => told.delete(response));
      response.writeHead(200, { "content-type": "text/event-stream" });
      tell([response]);
    } else if (inside.startsWith("/admin/")) {
      void sendPage(dist, inside.slice("/admin/".length), response);
    } else {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    show: (next) => {
      scenario = next;
      tell(told);
    },
    tellLive: (next) => {
      isTelling = next;
      if (!next) for (const response of told) response.destroy();
    },
    get listeners() {
      return told.size;
    },
    calls,
    close: async () => {
      clearInterval(telling);
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function answer(scenario: Scenario, request: IncomingMessage, response: ServerResponse): void {
  if (scenario.kind === "silence") return;
  if (scenario.kind === "cut") {
    request.socket.destroy();
    return;
  }
  response.setHeader("content-type", "application/json");
  response.setHeader("cache-control", "no-store");
  if (scenario.kind === "report") {
    response.end(JSON.stringify({ result: { data: scenario.report(Date.now()) } }));
    return;
  }
  const { httpStatus, data } = scenario;
  response.writeHead(httpStatus).end(JSON.stringify({ error: { ...data, code: -32_000, data } }));
}

async function sendPage(dist: string, file: string, response: ServerResponse): Promise<void> {
  const name = normalize(`/${file || "index.html"}`);
  const body = await readFile(join(dist, name)).catch(() => null);
  if (body === null) {
    response.writeHead(404).end();
    return;
  }
  const isPage = name.endsWith(".html");
  response
    .writeHead(200, {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "content-security-policy": adminPagePolicy(),
      "x-content-type-options": "nosniff",
      "cache-control": isPage ? "no-cache" : "public, max-age=31536000, immutable",
    })
    .end(body);
}
