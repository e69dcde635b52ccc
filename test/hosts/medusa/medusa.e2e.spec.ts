import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Selvedge as Client } from "@selvedge/sdk";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { launchChromium } from "../../browser/chromium.ts";
import type { TestDatabase } from "../../harness/database.ts";
import { ownCluster } from "../../harness/own-cluster.ts";
import { installProject, killAll, type MedusaProcess, runMedusa, startMedusa } from "./project.ts";
import { Shop } from "./shop.ts";

/*
 * The project of examples/hosts/medusa on the real Medusa, with the plugin of
 * examples/hosts/medusa-plugin as it is packed. Installing Medusa takes minutes, and most
 * of a gigabyte, so it is a job of its own; one Medusa serves all of it, in the order written here.
 */

const asked = process.env.SELVEDGE_MEDUSA === "1";
const minutes = 60_000;
const soon = { timeout: 60_000, interval: 250 };
const [email, password] = ["admin@shop.test", "of-the-admin"];

describe.runIf(asked)("a shop on Medusa (own job: npm run test:medusa)", () => {
  let cluster: TestDatabase;
  let databaseUrl = "";
  let folder = "";
  let medusa: MedusaProcess;
  let shop: Shop;
  let client: Client;

  /** Asks the shop's database, as who looks after it. */
  const schemas = async () => {
    const rows = await inShop<{ nspname: string }>(
      "select nspname from pg_namespace where nspname ~ '^(public|selvedge)' order by 1",
    );
    return rows.map(({ nspname }) => nspname);
  };
  let inShop: TestDatabase["query"];

  const health = () => shop.call("/selvedge/readyz");
  const board = async (externalRef: string) => {
    const asking = { maxStaleMs: 0, deadlineMs: 5_000 };
    const { data } = await client.orders.orderBoard({ channel: "shop", externalRef }, asking);
    return data.rows;
  };
  const onBoard = (id: string) => expect.poll(() => board(id), soon);
  const heardFile = () => join(folder, "heard.jsonl");

  beforeAll(async () => {
    folder = await installProject();
    cluster = await ownCluster();
    // As in many houses: the shop's login is nobody's superuser, and may not make schemas yet.
    await cluster.query("create role shop login createrole password 'shop'");
    await cluster.query("grant create, usage on schema public to shop");
    inShop = cluster.query;
    const url = new URL(cluster.url);
    Object.assign(url, { username: "shop", password: "shop" });
    databaseUrl = url.href;
    await rm(heardFile(), { force: true });
    for (const [file, text] of Object.entries(ofTheTest)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    for (const args of [["db:migrate"], ["user", "-e", email, "-p", password]]) {
      const { code, said } = await runMedusa({ folder, databaseUrl }, ...args);
      expect(code, said).toBe(0);
    }
  }, 25 * minutes);
  afterAll(async () => {
    killAll();
    await cluster?.drop();
  });

  test.each([
    ["", "."],
    // Older compilers than ours take its resolution with ES modules alone.
    [", and so does the plugin", ".plugin", "--module", "esnext"],
  ])("type-checks as it stands, with the real Medusa%s", async (_, of, ...more) => {
    const tsc = [join(folder, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", of, ...more];
    const { stdout } = await promisify(execFile)(process.execPath, tsc, {
      cwd: folder,
    }).catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  });

  test("is migrated and given users without Selvedge", async () => {
    expect(await schemas()).toEqual(["public"]);
  });

  test("goes on where Selvedge cannot start, and says why", async () => {
    medusa = await startMedusa({ folder, databaseUrl });
    shop = new Shop(medusa.baseUrl);
    expect((await shop.call("/health")).status).toBe(200);
    expect(await health()).toMatchObject({
      status: 503,
      body: { state: "degraded", reason: expect.stringContaining("42501") },
    });
    expect(medusa.said()).toContain("Selvedge: Selvedge could not start; it is tried again");
    expect((await shop.call("/selvedge/v1/queries/orders/orderBoard")).status).toBe(503);
  });

  let missed = "";
  test("sells on meanwhile", async () => {
    await shop.logIn(email, password);
    await shop.open();
    await shop.offers("TEE", "M", "L");
    missed = await shop.sells({ "TEE-M": 1 });
    await expect.poll(medusa.said, soon).toContain("occurred while processing order.placed");
  });

  test("has Selvedge beside it in the same database, once that may make its schemas", async () => {
    await cluster.query("grant create on database selvedge to shop");
    await expect.poll(async () => (await health()).status, soon).toBe(200);
    expect(await schemas()).toEqual(["public", "selvedge", "selvedge_jobs", "selvedge_read"]);
    client = new Client({ baseUrl: `${shop.baseUrl}/selvedge`, apiKey: shop.token });
  });

  test("catches up on what it has missed, by a script that starts a Selvedge itself", async () => {
    expect(await board(missed)).toEqual([]);
    const script = "node_modules/@selvedge/medusa/.medusa/server/src/scripts/missed-events.js";
    const { code, said } = await runMedusa({ folder, databaseUrl }, "exec", script);
    expect(code, said).toBe(0);
    expect(said).toContain("Selvedge was idle");
    await onBoard(missed).toMatchObject([{ units: 1, status: "backordered" }]);
    const skus = await inShop("select sku from selvedge.variant order by 1");
    expect(skus).toEqual([{ sku: "TEE-L" }, { sku: "TEE-M" }]);
  });

  test("has the job that does so by itself", async () => {
    await shop.admin("run", { workflow: "job-selvedge-missed-events" });
    const placed = "select * from selvedge.command_log where procedure = 'orders.placeOrder'";
    expect(await inShop(placed)).toHaveLength(1);
    const headers = { authorization: `Bearer ${shop.token}` };
    const other = { workflow: "job-of-nobody" };
    expect((await shop.call("/admin/run", { headers, body: other })).status).toBe(404);
  });

  test("knows its users and keys, and customers as nobody", async () => {
    const cookie = await shop.session();
    const partner = (scopes: string) => partnerKey(scopes);
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const basic = (key: string) => ({
      authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}`,
    });
    const callers: Readonly<Record<string, Record<string, string>>> = {
      nobody: {},
      "an admin by token": bearer(shop.token),
      "an admin by session": { cookie },
      "a secret API key": basic(shop.secret),
      "a key that is none": basic("sk_of_nobody"),
      "a token that is none": bearer("of.no.body"),
      "a customer": bearer(await shop.customer()),
      "a partner": bearer(await partner("orders:read,catalogue:write")),
      "a partner who may only read": bearer(await partner("orders:read")),
      "a partner's key that is none": bearer(`slv_${"x".repeat(43)}`),
    };
    const statuses: Record<string, number[]> = {};
    for (const [name, headers] of Object.entries(callers)) {
      const read = await shop.call("/selvedge/v1/queries/orders/orderBoard", { headers });
      const write = await shop.call("/selvedge/v1/commands/catalogue/registerVariant", {
        headers: { ...headers, "idempotency-key": `matrix-${name.replaceAll(" ", "-")}` },
        body: { sku: "CAP" },
      });
      statuses[name] = [read.status, write.status];
    }
    expect(statuses).toEqual({
      nobody: [401, 401],
      "an admin by token": [200, 200],
      "an admin by session": [200, 200],
      "a secret API key": [200, 200],
      "a key that is none": [401, 401],
      "a token that is none": [401, 401],
      "a customer": [401, 401],
      "a partner": [200, 200],
      "a partner who may only read": [200, 403],
      "a partner's key that is none": [401, 401],
    });
    const actors = await inShop<{ partner: string; actor: string }>(
      `select distinct partner, actor from selvedge.command_log
       where command_id like 'matrix-%' order by 1, 2`,
    );
    expect(actors).toMatchObject([
      { partner: "medusa", actor: expect.stringMatching(/^apk_/) },
      { partner: "medusa", actor: expect.stringMatching(/^user_/) },
      { partner: "wms", actor: "wms" },
    ]);
    // The options of medusa-config.ts say what keys may not do.
    const path = "/selvedge/v1/queries/journal/events";
    expect(await shop.call(path, { headers: basic(shop.secret) })).toMatchObject({ status: 403 });
  });

  test("leaves paths that only begin alike to itself, and bodies to Selvedge", async () => {
    const headers = { authorization: `Bearer ${shop.token}` };
    expect((await shop.call("/selvedge-else/readyz", { headers })).status).toBe(404);
    const lines = Array.from({ length: 1_999 }, () => ({
      sku: "NONE-OF-ALL-THAT-THERE-IS",
      qty: 1,
    }));
    const body = { channel: "shop", externalRef: "large", lines };
    expect(JSON.stringify(body).length).toBeGreaterThan(60_000);
    const path = "/selvedge/v1/commands/orders/placeOrder";
    const once = { ...headers, "idempotency-key": "a-large-order" };
    expect(await shop.call(path, { headers: once, body })).toMatchObject({
      status: 404,
      body: { reason: "variant-unknown" },
    });
  });

  test("registers the variants of its products", async () => {
    await shop.offers("COAT", "S");
    const facts = { sku: "COAT-S", style: "coat", colour: "Red", size: "S", material: "cotton" };
    const known = () =>
      inShop("select sku, style, colour, size, material from selvedge.variant where sku ~ 'COAT'");
    await expect.poll(known, soon).toEqual([facts]);
    const sizes = Array.from({ length: 40 }, (_, i) => `${i + 1}`);
    await shop.offers("SOCK", ...sizes);
    const socks = () => inShop("select sku from selvedge.variant where sku ~ 'SOCK'");
    await expect.poll(socks, soon).toHaveLength(sizes.length);
  });

  let sold = "";
  test("has its orders allocated", async () => {
    await client.stock.addBatch({ ref: "PO-1/1", sku: "COAT-S", qty: 5, bin: await bin("A-1") });
    await client.stock.addBatch({ ref: "PO-1/2", sku: "TEE-L", qty: 5, bin: "A-1" });
    sold = await shop.sells({ "COAT-S": 2, "TEE-L": 1 });
    await onBoard(sold).toMatchObject([{ lines: 2, units: 3, status: "allocated" }]);
  });

  async function bin(code: string): Promise<string> {
    const facts = { code, zone: "A", pickSequence: 1, kind: "pick", capacity: 100 } as const;
    await client.bins.registerBin(facts);
    return code;
  }

  const heard = async () => {
    const lines = (await readFile(heardFile(), "utf8").catch(() => "")).split("\n").filter(Boolean);
    return lines.map((line): { name: string; data: { id: string } } => JSON.parse(line));
  };

  test("hears that their parcels have left", async () => {
    const [{ orderId } = expect.unreachable("there is no order")] = await board(sold);
    const { waveId, tasks } = (await client.waves.planWave({ orderIds: [orderId] })).data;
    await client.waves.releaseWave({ waveId });
    for (const { task, sku, qty } of tasks) {
      await client.waves.confirmPick({
        ...{ waveId, task, qty, scannedBin: "A-1", scannedSku: sku },
      });
    }
    const pack = async (tracking: string, wanted: string) => {
      // Medusa may have made the order's items in any order.
      const items = tasks.flatMap(({ line, sku, qty }) => (sku === wanted ? [{ line, qty }] : []));
      const { shipmentId } = (await client.shipments.packParcel({ orderId, items })).data;
      await client.shipments.labelParcel({ shipmentId, carrier: "DHL", tracking });
      return shipmentId;
    };
    const first = await pack("JD1", "COAT-S");
    const second = await pack("JD2", "TEE-L");
    await client.shipments.handOver({ shipmentIds: [first, second], manifest: "M-1" });

    const parcels = async () => {
      const fields = "*fulfillments,*fulfillments.labels,*fulfillments.items";
      const { order } = await shop.admin<Fulfilled>(
        `orders/${sold}?fields=+fulfillment_status,${fields}`,
      );
      const parcelsOf = order.fulfillments.map(({ labels, items, metadata, shipped_at }) => ({
        id: metadata?.selvedge_shipment_id,
        shipped: shipped_at !== null,
        tracking: labels.map(({ tracking_number }) => tracking_number),
        items: Object.fromEntries(items.map(({ sku, quantity }) => [sku, quantity])),
      }));
      const inOrder = parcelsOf.sort((a, b) => (String(a.tracking) < String(b.tracking) ? -1 : 1));
      return { status: order.fulfillment_status, parcels: inOrder };
    };
    await expect.poll(parcels, soon).toEqual({
      status: "shipped",
      parcels: [
        { id: first, shipped: true, tracking: ["JD1"], items: { "COAT-S": 2 } },
        { id: second, shipped: true, tracking: ["JD2"], items: { "TEE-L": 1 } },
      ],
    });
    const told = async () => (await heard()).map(({ name, data }) => `${name} ${data.id}`);
    const left = [first, second].map((id) => `selvedge.ParcelHandedOver ${id}`);
    await expect.poll(told, soon).toEqual(expect.arrayContaining(left));
  });

  test("takes an order back that is cancelled", async () => {
    const id = await shop.sells({ "COAT-S": 1 });
    await onBoard(id).toMatchObject([{ status: "allocated" }]);
    await shop.admin(`orders/${id}/cancel`, {});
    await onBoard(id).toMatchObject([{ status: "cancelled" }]);
  });

  test("takes a command back with the workflow that it was in", async () => {
    const sku = "COAT-S";
    const sample = await shop.admin<Sampled>("samples", { ref: "S-1", sku, paidBy: "ada" });
    expect(sample.before.rows).toMatchObject([{ sku, available: 3 }]);
    expect(sample.order.lines).toMatchObject([{ line: 1, allocated: true }]);
    const headers = { authorization: `Bearer ${shop.token}` };
    const refused = await shop.call("/admin/samples", { headers, body: { ref: "S-2", sku } });
    expect(refused.status).toBe(500);
    await onBoard("S-1").toMatchObject([{ status: "allocated" }]);
    await onBoard("S-2").toMatchObject([{ status: "cancelled" }]);
    const again = await shop.admin<Sampled>("samples", { ref: "S-3", sku, paidBy: "bea" });
    expect(again.before.rows).toMatchObject([{ sku, available: 2 }]);
  });

  test(
    "shows how far the warehouse is behind, in Medusa's own admin",
    async () => {
      const browser = await launchChromium();
      onTestFinished(() => browser.close());
      const page = await browser.newPage();
      await page.goto(`${shop.baseUrl}/app/login`, { timeout: 5 * minutes });
      const within = { timeout: 5 * minutes };
      await page.getByPlaceholder("Email").fill(email, within);
      await page.getByPlaceholder("Password").fill(password);
      await page.getByRole("button", { name: "Continue with Email" }).click();
      await page.getByRole("link", { name: "Warehouse" }).click(within);
      const ours = page.frameLocator("iframe[title=Selvedge]");
      await ours.getByRole("rowheader", { name: "orderBoard" }).waitFor(within);
    },
    15 * minutes,
  );

  test("ends in good time, and leaves nothing of Selvedge behind", async () => {
    const { code, said } = await medusa.stop();
    expect(code, said).toBe(0);
    const left = await inShop(
      "select application_name from pg_stat_activity where application_name like 'selvedge%'",
    );
    expect(left).toEqual([]);
  });

  async function partnerKey(scopes: string): Promise<string> {
    const cli = join(folder, "node_modules/@selvedge/server/dist/cli/main.js");
    const args = [cli, "keys", "create", "wms", "--scopes", scopes, "--json"];
    const env = { ...process.env, DATABASE_URL: databaseUrl };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    return JSON.parse(stdout).key;
  }
});

interface Fulfilled {
  readonly order: {
    readonly fulfillment_status: string;
    readonly fulfillments: {
      readonly shipped_at: string | null;
      readonly metadata: { readonly selvedge_shipment_id?: string } | null;
      readonly labels: readonly { readonly tracking_number: string }[];
      readonly items: readonly { readonly sku: string; readonly quantity: number }[];
    }[];
  };
}

interface Sampled {
  readonly before: { readonly rows: readonly object[] };
  readonly order: { readonly lines: readonly object[] };
}

// A subscriber, which writes down what it hears, and a route that runs what is to run by itself.
const ofTheTest = {
  "src/subscribers/heard.ts": [
    'import { appendFileSync } from "node:fs";',
    'export const config = { event: ["selvedge.OrderPlaced", "selvedge.ParcelHandedOver"] };',
    "export default async ({ event }: { event: object }) =>",
    '  appendFileSync("heard.jsonl", JSON.stringify(event) + "\\n");',
  ].join("\n"),
  "src/api/admin/run/route.ts": [
    'import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";',
    "type Run = MedusaRequest<{ workflow: string }>;",
    "export const POST = async ({ body, scope }: Run, res: MedusaResponse) => {",
    '  await scope.resolve("workflows").run(body.workflow, {});',
    "  res.json({});",
    "};",
  ].join("\n"),
};
