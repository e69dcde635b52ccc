import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/*
 * A bad network between a client and a server: it passes requests on, and now and then does to one
 * of them what networks, proxies and busy servers do.
 */

/** What can happen to one request. */
export type NetworkFault =
  /** Nothing of it arrives. */
  | "cut-before"
  /** Half of it arrives, then the connection is gone. */
  | "cut-request"
  /** It arrives, and the client is gone before the server has answered. */
  | "cut-during"
  /** It was answered, and nothing of the answer arrives. */
  | "cut-after"
  /** Half of the answer arrives. */
  | "cut-answer"
  /** Both connections stay open, and nothing arrives any more: before, or after the server. */
  | "hangs-before"
  | "hangs-after"
  /** The answer comes byte by byte. */
  | "drips"
  | "delays"
  /** Somebody on the way is busy. */
  | "says-429"
  | "says-503";

/** A proxy that harms requests. */
export interface FaultProxy {
  readonly baseUrl: string;
  /** How often each fault was done, and how many requests passed unharmed. */
  readonly done: ReadonlyMap<NetworkFault | "none", number>;
  close(): Promise<void>;
}

/** Starts a proxy to a server; `faultOf` says what befalls the next request. */
export async function startFaultProxy(
  target: string,
  faultOf: () => NetworkFault | undefined,
): Promise<FaultProxy> {
  const done = new Map<NetworkFault | "none", number>();
  const server = createServer(async (incoming, outgoing) => {
    const fault = faultOf();
    done.set(fault ?? "none", (done.get(fault ?? "none") ?? 0) + 1);
    // A connection that was cut is not worth a word.
    await pass(incoming, outgoing, target, fault).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    done,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const busy = { "says-429": 429, "says-503": 503 } as const;

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  fault: NetworkFault | undefined,
): Promise<void> {
  const body = await readAll(incoming);
  if (fault === "cut-before") return void outgoing.destroy();
  if (fault === "hangs-before") return;
  if (fault === "says-429" || fault === "says-503") {
    outgoing.writeHead(busy[fault], { "content-type": "text/plain", "retry-after": "0" });
    return void outgoing.end("busy");
  }
  if (fault === "delays") await setTimeout(5 + Math.random() * 40);
  const { method, url, headers } = incoming;
  const sent = request(`${target}${url}`, { method, headers });
  if (fault === "cut-request") {
    sent.on("error", () => outgoing.destroy());
    sent.write(body.subarray(0, body.length / 2), () => sent.destroy(new Error("cut")));
    return;
  }
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve).once("error", reject);
  });
  sent.end(body);
  if (fault === "cut-during") {
    answered.then((answer) => answer.resume()).catch(() => undefined);
    return void outgoing.destroy();
  }
  const answer = await answered;
  const text = await readAll(answer);
  if (fault === "cut-after") return void outgoing.destroy();
  if (fault === "hangs-after") return;
  outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, connection: "close" });
  if (fault === "cut-answer") {
    outgoing.write(text.subarray(0, text.length / 2), () => outgoing.destroy());
  } else if (fault === "drips") {
    for (const byte of text) outgoing.write(Buffer.of(byte));
    outgoing.end();
  } else outgoing.end(text);
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
