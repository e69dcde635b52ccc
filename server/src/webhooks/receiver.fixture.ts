import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A message as a receiver got it. */
export interface Received {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether it was answered that it was taken. */
  taken: boolean;
}

/** What a receiver does with a message. */
export type Reaction = (response: ServerResponse, received: Received) => void;

/** A partner's server, on this machine. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** The ids of what was taken, in the order in which it came. */
  taken(): string[];
  /** Changes what it does. */
  react(reaction: Reaction): void;
  close(): Promise<void>;
}

/** Takes it. */
export const take: Reaction = (response, received) => {
  received.taken = true;
  response.writeHead(204).end();
};

/** Answers something else. */
export const answer =
  (status: number, headers: Record<string, string> = {}): Reaction =>
  (response) =>
    void response.writeHead(status, headers).end("no");

/** Starts a receiver that takes whatever comes. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let reaction = take;
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => "");
    const { headers } = request;
    const one = { id: `${headers["webhook-id"]}`, headers, body, taken: false };
    received.push(one);
    reaction(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    taken: () => received.filter(({ taken }) => taken).map(({ id }) => id),
    react: (next) => {
      reaction = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Which of a message's signatures a secret has made, counted from 0; as the format's text says. */
export function signedBy(secret: string, { headers, body }: Received): number {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const made = `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
  return `${headers["webhook-signature"]}`.split(" ").indexOf(made);
}
