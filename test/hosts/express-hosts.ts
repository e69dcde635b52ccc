import { randomUUID } from "node:crypto";
import { Selvedge as Client, isSelvedgeError, type SelvedgeOptions } from "@selvedge/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../browser/chromium.ts";
import { findNodes } from "../sdk-package/nodes.ts";
import type { HostProcess, HostStage } from "./host-project.ts";

/* Real platforms on Express, in processes of their own, with the packages as they are packed. */

const late = { timeout: 20_000 };
const stopMsMax = 10_000;

interface StartedHost {
  readonly host: HostProcess;
  readonly origin: string;
  readonly status: string | undefined;
  /** Asks the host itself. */
  ask(path: string, body?: unknown): Promise<{ status: number; json: unknown }>;
}

async function startHost(stage: HostStage, env: NodeJS.ProcessEnv): Promise<StartedHost> {
  const host = stage.start("express-host.mjs", env);
  const line = await host.line();
  const [, port, status] = /^listening (\d+) (\w+)$/.exec(line) ?? expect.unreachable(line);
  const origin = `http://127.0.0.1:${port}`;
  const ask: StartedHost["ask"] = async (path, body) => {
    const headers = { "content-type": "application/json" };
    const sent = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${origin}${path}`, sent);
    const text = await answer.text();
    return { status: answer.status, json: /^[[{]/.test(text) ? JSON.parse(text) : text };
  };
  return { host, origin, status, ask };
}

/** A client who comes with a session of the host's, with a key, or with nothing. */
function clientOf(origin: string, session?: string, more: Partial<SelvedgeOptions> = {}): Client {
  return new Client({
    baseUrl: `${origin}/selvedge`,
    retriesMax: 0,
    ...(session !== undefined && {
      fetch: (url, init) =>
        fetch(url, { ...init, headers: { ...init?.headers, cookie: `session=${session}` } }),
    }),
    ...more,
  });
}

/** Everything that is played in hosts on Express; the project has Express 4, and 5 by an alias. */
export function expressHosts(stage: HostStage): void {
  describe.each([
    { express: "express", version: "4", PARSE: "before" },
    { express: "express-5", version: "5", PARSE: "after" },
  ])("in a host on Express $version", ({ express, version, PARSE }) => {
    const database = `host_${version}`;
    let it: StartedHost;
    let maria: Client;
    beforeAll(async () => {
      await stage.databases.create(database);
      const env = { EXPRESS: express, PARSE, DATABASE_URL: stage.databases.urlOf(database) };
      it = await startHost(stage, env);
      maria = clientOf(it.origin, "maria");
    }, 60_000);

    test("asked to start twice at once it has started, once", async () => {
      expect(it.status).toBe("running");
      const names = await stage.databases.connectedTo(database);
      expect(names.filter((name) => name === "selvedge signals")).toHaveLength(1);
    });

    test("a command, its receipt, and a query that shows it", async () => {
      await maria.catalogue.registerVariant({ sku: `TEE-${version}` });
      const { receipt } = await maria.stock.addBatch({
        ref: "PO-1",
        sku: `TEE-${version}`,
        qty: 3,
      });
      const shown = await maria.stock.sellableAvailability(
        { sku: `TEE-${version}` },
        { atLeast: receipt, timeoutMs: 5_000 },
      );
      expect(shown.data.rows).toMatchObject([{ available: 3 }]);
      expect(shown.freshness.includesReceipt).toBe(true);
    });

    test("the host places an order in its own process, and meets refusals as errors", async () => {
      const order = {
        channel: "shop",
        externalRef: "A-1",
        lines: [{ sku: `TEE-${version}`, qty: 1 }],
      };
      const placed = await it.ask("/orders", order);
      expect(placed).toMatchObject({ status: 200, json: { answer: { repeated: false } } });
      expect(await it.ask("/orders", order)).toEqual({
        status: 422,
        json: { code: "REFUSED", reason: "external-ref-taken" },
      });
    });

    test("what happens is told to the host's bus, in order", async () => {
      const types = async () =>
        ((await it.ask("/bus")).json as { type: string }[]).map(({ type }) => type);
      const rows = await stage.databases.query<{ type: string }>(
        database,
        "select type from selvedge.journal order by xid::text::bigint, position",
      );
      expect(rows.length).toBeGreaterThan(2);
      await expect.poll(types, late).toEqual(rows.map(({ type }) => type));
    });

    test("an event of the host's, told twice, is handled once", async () => {
      const data = { sku: `CAP-${version}`, qty: 2 };
      const event = { id: `created-${version}`, type: "product.created", data };
      const handled = { status: 200, json: { answer: "handled" } };
      expect(await it.ask("/bus", event)).toEqual(handled);
      expect(await it.ask("/bus", event)).toEqual(handled);
      const other = { ...event, type: "product.viewed" };
      expect(await it.ask("/bus", other)).toEqual({ status: 200, json: { answer: "ignored" } });
      const batches = await stage.databases.query(
        database,
        `select from selvedge.command_log
       where procedure = 'stock.addBatch' and answer ->> 'ref' = 'CAP-${version}'`,
      );
      expect(batches).toHaveLength(1);
    });

    test("who comes is who the host, or a key, says", async () => {
      const run = (scopes: string) =>
        stage.run("npx", ["selvedge", "keys", "create", "acme", "--scopes", scopes, "--json"], {
          DATABASE_URL: stage.databases.urlOf(database),
        });
      const { key } = JSON.parse(await run("catalogue:*"));
      const register = (client: Client) =>
        client.catalogue.registerVariant({ sku: `HAT-${randomUUID().slice(0, 8)}` }).then(
          () => "applied",
          (error: unknown) => (isSelvedgeError(error) ? error.code : error),
        );
      expect({
        session: await register(maria),
        key: await register(clientOf(it.origin, undefined, { apiKey: key })),
        nobody: await register(clientOf(it.origin)),
        stranger: await register(clientOf(it.origin, "nobody")),
        wrongScope: await register(clientOf(it.origin, "guest")),
        wrongKey: await register(clientOf(it.origin, "maria", { apiKey: `slv_${"x".repeat(43)}` })),
      }).toEqual({
        session: "applied",
        key: "applied",
        nobody: "UNAUTHENTICATED",
        stranger: "UNAUTHENTICATED",
        wrongScope: "FORBIDDEN",
        wrongKey: "UNAUTHENTICATED",
      });
      const rows = await stage.databases.query<{ partner: string }>(
        database,
        "select distinct partner, actor from selvedge.journal where data ->> 'sku' like 'HAT-%'",
      );
      expect(rows.map(({ partner }) => partner).sort()).toEqual(["acme", "erp"]);
    });

    test("the host's own paths, parsers and 404 are as they were", async () => {
      const post = async (path: string, body: string) => {
        const headers = { "content-type": "application/json" };
        return (await fetch(`${it.origin}${path}`, { method: "POST", headers, body })).json();
      };
      expect(await it.ask("/before")).toEqual({ status: 200, json: "the host's own, before" });
      expect(await it.ask("/selvedge-neighbour")).toMatchObject({ json: "the host's own, beside" });
      expect(await post("/raw", '{"a":1}')).toEqual({ bytes: 7 });
      expect(await post("/after", '{"a":1}')).toEqual({ parsed: { a: 1 }, prototype: true });
      expect(await it.ask("/nothing")).toEqual({ status: 404, json: "the host's own 404" });
      expect(await it.ask("/selvedge/nothing")).toMatchObject({
        status: 404,
        json: { error: { data: { code: "NOT_FOUND" } } },
      });
    });

    test("stopped twice and started twice at once, it runs again", async () => {
      expect(await it.ask("/stop-and-start", {})).toEqual({
        status: 200,
        json: { answer: ["stopped", "running"] },
      });
      await maria.catalogue.registerVariant({ sku: `BAG-${version}` });
    });

    test("asked to end under load it ends in time, by itself, and loses nothing", async () => {
      const applied: string[] = [];
      const first = Promise.withResolvers<void>();
      const sends = async (client: Client) => {
        for (;;) {
          const sku = `LOAD-${randomUUID()}`;
          try {
            await client.catalogue.registerVariant({ sku });
          } catch (error) {
            return isSelvedgeError(error) ? error.code : error;
          }
          applied.push(sku);
          if (applied.length > 20) first.resolve();
        }
      };
      const load = Array.from({ length: 8 }, () => sends(clientOf(it.origin, "maria")));
      await first.promise;
      const { code, tookMs, err } = await it.host.stop();
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(tookMs).toBeLessThan(stopMsMax);
      const ends = await Promise.all(load);
      expect(ends.filter((end) => end !== "UNAVAILABLE" && end !== "NETWORK")).toEqual([]);
      const rows = await stage.databases.query<{ sku: string }>(
        database,
        "select sku from selvedge.variant where sku like 'LOAD-%'",
      );
      const there = new Set(rows.map(({ sku }) => sku));
      expect(applied.filter((sku) => !there.has(sku))).toEqual([]);
      await expect.poll(() => stage.databases.connectedTo(database), late).toEqual([]);
    });
  });

  describe("a database that is not there when the host starts", () => {
    test("throws, says why, and leaves nothing that would keep the host", async () => {
      const host = stage.start("express-host.mjs", {
        DATABASE_URL: stage.databases.urlOf("no_such"),
      });
      expect(await host.line()).toBe("failed The database, or the way to it, says no (3D000).");
      // It ends because nothing is left to do: its own server is closed.
      expect((await host.ended()).code).toBe(0);
    });

    test("or lets the host run on, and Selvedge come when it can", async () => {
      const env = { DATABASE_URL: stage.databases.urlOf("later"), ON_START_FAILURE: "degrade" };
      const { host, origin, status, ask } = await startHost(stage, env);
      expect(status).toBe("degraded");
      expect(await ask("/before")).toMatchObject({ status: 200 });
      expect(await ask("/selvedge/readyz")).toMatchObject({
        status: 503,
        json: { state: "degraded", reason: expect.stringContaining("(3D000)") },
      });
      await stage.databases.create("later");
      const now = async () => (await ask("/state")).json;
      await expect.poll(now, late).toMatchObject({ status: "running" });
      await clientOf(origin, "maria").catalogue.registerVariant({ sku: "TEE" });
      expect((await host.stop()).code).toBe(0);
    });
  });

  describe("beside a host on Express", () => {
    let it: StartedHost;
    beforeAll(async () => {
      await stage.databases.create("beside");
      it = await startHost(stage, { DATABASE_URL: stage.databases.urlOf("beside") });
    }, 60_000);

    test("its page is there for a browser with a session", async () => {
      const browser = await launchChromium();
      const page = await browser.newPage();
      await page.context().addCookies([{ name: "session", value: "maria", url: it.origin }]);
      await page.goto(`${it.origin}/selvedge/admin`);
      expect(page.url()).toBe(`${it.origin}/selvedge/admin/`);
      await page.getByRole("heading").first().waitFor();
      await browser.close();
    });

    test("a command of its CLI that has no role refreshes and tells nothing, and ends", async () => {
      await it.host.stop();
      await expect.poll(() => stage.databases.connectedTo("beside"), late).toEqual([]);
      const cli = stage.start("host-cli.mjs", { DATABASE_URL: stage.databases.urlOf("beside") });
      expect(await cli.line()).toBe("state running");
      const names = await stage.databases.connectedTo("beside");
      expect(names).toContain("selvedge signals");
      expect(names.filter((name) => /refresh|jobs|listener|webhook/.test(name))).toEqual([]);
      cli.closeInput();
      expect(await cli.line()).toBe("state stopped");
      expect((await cli.ended()).code).toBe(0);
    });
  });

  test("a host that is CommonJS requires it, on each Node that is there", async () => {
    const nodes = await findNodes();
    expect(nodes.size).toBeGreaterThan(0);
    for (const [release, node] of nodes) {
      const said = await stage.run(node, ["required.cjs"]);
      expect([release, said]).toEqual([release, "idle true UNAVAILABLE"]);
    }
  });
}
