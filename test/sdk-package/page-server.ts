import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { json } from "node:stream/consumers";
import type { FakeSelvedge } from "../../sdk/src/test-kit/index.ts";
import { answeredBy } from "../../sdk/src/testing/answered-by.ts";
import { root } from "./packed-sdk.ts";

/** A site that has a page of a partner's, the packed SDK as it is, and a fake Selvedge. */
export interface PageServer {
  readonly origin: string;
  /** How many calls were under way at once, at most. */
  readonly atOnceMax: number;
  close(): Promise<void>;
}

/** Starts the site on a free port; `package` is the folder of the installed SDK. */
export async function startPageServer(sdk: string, fake: FakeSelvedge): Promise<PageServer> {
  const answer = answeredBy(fake);
  let atOnce = 0;
  let atOnceMax = 0;
  const server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    if (path.startsWith("/selvedge/trpc/")) {
      atOnce += 1;
      atOnceMax = Math.max(atOnceMax, atOnce);
      response.once("close", () => {
        atOnce -= 1;
      });
      answer(response, { method, path, headers, body: await json(request) });
      return;
    }
    response.setHeader("content-security-policy", "default-src 'self'");
    if (path === "/") {
      response.setHeader("content-type", "text/html");
      response.end(
        '<!doctype html><title>Page</title><script type="module" src="/page.js"></script>',
      );
      return;
    }
    const file = path.startsWith("/sdk/")
      ? join(sdk, normalize(path.slice("/sdk".length)))
      : join(root, "test/sdk-package/programs", normalize(path));
    const body = await readFile(file).catch(() => undefined);
    if (!body) return void response.writeHead(404).end();
    response.setHeader("content-type", "text/javascript");
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get atOnceMax() {
      return atOnceMax;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
