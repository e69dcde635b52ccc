import { Selvedge as Client, isSelvedgeError } from "@selvedge/sdk";
import { beforeAll, expect, test } from "vitest";
import type { HostProcess, HostStage } from "./host-project.ts";

/* A real platform on NestJS 11, in a process of its own, with the packages as they are packed. */

let host: HostProcess;
let origin = "";

const late = { timeout: 20_000 };
const json = { "content-type": "application/json" };

async function own(path = "", body?: object): Promise<Record<string, unknown>> {
  const sent = body && { method: "POST", headers: json, body: JSON.stringify(body) };
  const answer = await fetch(`${origin}/own${path}`, sent ?? {});
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

const clientOf = (session?: string) =>
  new Client({
    baseUrl: `${origin}/selvedge`,
    retriesMax: 0,
    fetch: (url, init) =>
      fetch(url, {
        ...init,
        headers: { ...init?.headers, ...(session && { cookie: `session=${session}` }) },
      }),
  });

/** Everything that is played in a host on NestJS. */
export function nestHost(stage: HostStage): void {
  beforeAll(async () => {
    await stage.databases.create("nest");
    host = stage.start("nest-host.cjs", { DATABASE_URL: stage.databases.urlOf("nest") });
    const line = await host.line();
    const [, port] = /^listening (\d+) running$/.exec(line) ?? expect.unreachable(line);
    origin = `http://127.0.0.1:${port}`;
  }, 60_000);

  test("it is mounted behind the host's parser, and whom the host's guard lets pass may call", async () => {
    const register = (session?: string) =>
      clientOf(session)
        .catalogue.registerVariant({ sku: `TEE-${session}` })
        .then(
          () => "applied",
          (error: unknown) => (isSelvedgeError(error) ? error.code : error),
        );
    expect([await register("maria"), await register(), await register("banned")]).toEqual([
      ...["applied", "UNAUTHENTICATED", "UNAUTHENTICATED"],
    ]);
    const rows = await stage.databases.query("nest", "select partner, actor from selvedge.journal");
    expect(rows).toEqual([{ partner: "erp", actor: "maria" }]);
  });

  test("what is injected calls without HTTP, and shows what it wrote", async () => {
    const body = { sku: "CAP" };
    const answer = { included: true, url: "/own/variants", body };
    expect(await own("/variants", body)).toEqual(answer);
  });

  test("the host's events become commands, once each, and its bus is told", async () => {
    const event = { id: "created-1", type: "product.created", data: { sku: "HAT" } };
    expect([await own("/events", event), await own("/events", event)]).toEqual([
      ...[{ outcome: "handled" }, { outcome: "handled" }],
    ]);
    const rows = await stage.databases.query(
      "nest",
      "select type from selvedge.journal order by xid::text::bigint, position",
    );
    expect(rows.length).toBeGreaterThanOrEqual(2);
    const told = rows.map(({ type }) => type);
    await expect.poll(() => own(), late).toMatchObject({ bus: told, state: { status: "running" } });
  });

  test("paths of the host's, and its own 404, are as they were", async () => {
    const missing = await fetch(`${origin}/nothing`);
    expect([missing.status, await missing.json()]).toMatchObject([404, { error: "Not Found" }]);
    expect((await fetch(`${origin}/selvedge/livez`)).status).toBe(200);
    expect((await fetch(`${origin}/selvedgeish`)).status).toBe(404);
  });

  test("it stops with the host, which then ends by itself", async () => {
    const stream = await fetch(`${origin}/selvedge/feed`, { headers: { cookie: "session=maria" } });
    const followed = stream.text();
    const { tookMs } = await host.stop();
    expect(tookMs).toBeLessThan(10_000);
    expect(await followed).toMatch(/^retry: /);
    await expect.poll(() => stage.databases.connectedTo("nest"), late).toEqual([]);
  });

  test("a database that is away keeps the host from starting, unless it is told otherwise", async () => {
    const env = { DATABASE_URL: stage.databases.urlOf("no_such") };
    const failing = stage.start("nest-host.cjs", env);
    expect(await failing.line()).toMatch(/^failed /);
    await failing.kill();
    const degraded = stage.start("nest-host.cjs", { ...env, ON_START_FAILURE: "degrade" });
    expect(await degraded.line()).toMatch(/^listening \d+ degraded$/);
    await degraded.kill();
  });
}
