import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Selvedge as Client, LagData } from "@selvedge/sdk";
import express from "express";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { startSelvedge, type TestSelvedge } from "../../../test/harness/selvedge.ts";
import { selvedgeApplication } from "../application.ts";
import { servedOf } from "../contract/served.ts";
import { silent } from "../log.ts";
import { CallRates } from "./call-rates.ts";
import { PartnerKeys } from "./identity.ts";
import { liveLagRoute } from "./live-lag.ts";

/* Lag as a stream, over HTTP and the SDK, on a real database. */

let house: TestSelvedge;
beforeAll(async () => {
  house = await startSelvedge({ feedStreamsMax: 30 });
});
afterAll(() => house.stop());

const patient = { timeout: 20_000 };

/** Follows in the background; ends with the test. */
function following(client: Client = house.client) {
  const ending = new AbortController();
  const reports: LagData[] = [];
  const done = (async () => {
    for await (const report of client.operations.lag.follow({}, { signal: ending.signal })) {
      reports.push(report);
    }
  })();
  onTestFinished(() => {
    ending.abort();
    return done;
  });
  return reports;
}

/** Opens a stream and reads nothing of it yet. */
async function opened(baseUrl = house.baseUrl, headers = {}): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${baseUrl}/live/operations.lag`, { headers }, resolve).once("error", reject);
  });
  response.on("error", () => undefined);
  onTestFinished(() => void response.destroy());
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}

test("whoever follows is told what asking answers, and what changes", async () => {
  const reports = following();
  const of = (name: string) => reports.at(-1)?.readModels.find((one) => one.name === name);
  await vi.waitFor(() => expect(reports.length).toBeGreaterThan(2), patient);
  const asked = await house.client.operations.lag();
  const names = (report?: LagData) => report?.readModels.map(({ name }) => name);
  expect(names(reports.at(-1))).toEqual(names(asked));
  expect(of("orderBoard")?.paused).toBe(null);
  const { group = "" } = of("orderBoard") ?? {};
  await house.client.operations.pause({ group, reason: "a count" });
  await vi.waitFor(() => expect(of("orderBoard")?.status).toBe("paused"), patient);
  await house.client.operations.resume({ group, reason: "counted" });
  await vi.waitFor(() => expect(of("orderBoard")?.status).toBe("fresh"), patient);
});

test("twenty who follow cost the database what one does", async () => {
  const pool = house.selvedge.engine?.operationsPool;
  if (!pool) throw new Error("It does not run.");
  const query = vi.spyOn(pool, "query");
  onTestFinished(() => query.mockRestore());
  const measured = () =>
    query.mock.calls.filter(([text]) => `${text}`.includes("lag_sample")).length;

  /** Statements for each moment that a crowd is told of, once all of it follows. */
  const costOf = async (crowd: readonly LagData[][]) => {
    await vi.waitFor(() => {
      for (const reports of crowd) expect(reports.length).toBeGreaterThan(1);
    }, patient);
    const before = measured();
    const from = crowd.map((reports) => reports.length);
    await vi.waitFor(() => {
      for (const [i, reports] of crowd.entries()) {
        expect(reports.length).toBeGreaterThan((from[i] ?? 0) + 3);
      }
    }, patient);
    const moments = new Set(crowd.flatMap((all, i) => all.slice(from[i]).map(({ at }) => at)));
    return { statements: measured() - before, moments: moments.size };
  };

  const one = await costOf([following()]);
  const many = await costOf(Array.from({ length: 20 }, () => following()));
  expect(many.moments).toBeGreaterThan(3);
  // Where counting begins and where it ends, one is under way and one may not be told to all yet.
  for (const { statements, moments } of [one, many]) {
    expect(Math.abs(statements - moments)).toBeLessThanOrEqual(2);
  }
});

test("a first event has all of it, later ones what has changed", async () => {
  const response = await opened();
  let text = "";
  const done = (async () => {
    for await (const chunk of response) {
      text += chunk;
      if (text.split("data: ").length > 4) break;
    }
  })();
  await done;
  expect(response.headers).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "x-accel-buffering": "no",
  });
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data));
  const [first, ...later] = events;
  expect(first.readModels).toHaveLength(13);
  expect(Object.keys(first).sort()).toEqual(["at", "readModels", "refresherHeardAt", "sentence"]);
  for (const event of later) {
    expect(event.at > first.at).toBe(true);
    expect(Array.isArray(event.readModels)).toBe(false);
  }
});

test("beyond so many streams it asks to come again, and following goes on by asking", async () => {
  const crowd = await Promise.all(Array.from({ length: 30 }, () => opened()));
  expect(new Set(crowd.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  const refused = await opened();
  expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([503, "5"]);
  expect(JSON.parse(await textOf(refused)).error.message).toContain("tells the lag to 30 already");
  const reports = following();
  await vi.waitFor(() => expect(reports.length).toBeGreaterThan(2), patient);
});

/** A server of the route alone, whose callers have the scopes that are said just now. */
async function served(scopesOf: () => string[], renewMs: number) {
  const engine = house.selvedge.engine;
  if (!engine) throw new Error("It does not run.");
  const error = vi.fn();
  const entry = {
    engine: () => engine,
    authenticate: () => ({
      ...{ tenant: "default", partner: "spec", actor: "spec" },
      scopes: scopesOf(),
    }),
    keys: new PartnerKeys(),
    rates: new CallRates(),
    served: servedOf(selvedgeApplication),
    log: { ...silent, error },
  };
  const app = express().get(
    "/live/operations.lag",
    liveLagRoute(entry, { streamsMax: 1, renewMs }),
  );
  const server = app.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.once("listening", resolve));
  return { error, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("it ends where the caller may read no more", async () => {
  let scopes = ["operations:read"];
  const { error, baseUrl } = await served(() => scopes, 1);
  const response = await opened(baseUrl);
  let events = 0;
  for await (const chunk of response) {
    events += `${chunk}`.match(/^data: /gm)?.length ?? 0;
    if (events > 1) scopes = ["stock:read"];
  }
  expect(events).toBeGreaterThan(1);
  expect(error).not.toHaveBeenCalled();
});

test("without the scope nothing is told", async () => {
  await house.database.query(
    `insert into selvedge.partner_key (key_hash, tenant, partner, scopes, hint)
     values (encode(sha256($1), 'hex'), 'default', 'spec', '{stock:read}', 'h')`,
    [`slv_${"x".repeat(43)}`],
  );
  const response = await opened(house.baseUrl, { authorization: `Bearer slv_${"x".repeat(43)}` });
  expect(response.statusCode).toBe(403);
});
