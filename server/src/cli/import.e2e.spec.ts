import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { FakeServer } from "../import/fake-server.fixture.ts";
import { sourceFile } from "../import/source-files.fixture.ts";

// A process of its own takes a second or two to start.
vi.setConfig({ testTimeout: 60_000 });

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const csv = [
  "index,SKU Code,Design No.,Stock,Category,Size,Color",
  ...Array.from({ length: 200 }, (_none, at) => `${at},K${at}-M,K${at},5,KURTA,M,Red`),
].join("\n");

/** The fake behind the wire of the real server. */
async function served(fake: FakeServer) {
  const keys = new Set<string | undefined>();
  const server = createServer(async (request, response) => {
    keys.add(request.headers.authorization);
    const [module = "", name = ""] = (request.url ?? "").replace("/trpc/", "").split(".");
    const commands = fake.client[module as "stock"] as unknown as Record<
      string,
      typeof fake.client.stock.addBatch
    >;
    const input = (await json(request)) as never;
    const commandId = String(request.headers["selvedge-command-id"]);
    const answer = await commands[name]?.(input, { commandId });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ result: { data: { ...answer, receipt: "r1.1.1" } } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys, close };
}

function selvedge(args: string[]) {
  const node = spawn(process.execPath, ["--conditions=selvedge-source", main, ...args], {
    env: { ...process.env, SELVEDGE_API_KEY: "slv_test" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void node.kill("SIGKILL"));
  const ended = Promise.all([once(node, "exit"), text(node.stdout), text(node.stderr)]).then(
    ([[code], out, err]) => ({ code: code as number, out, err }),
  );
  return { node, ended };
}

test("a file goes over the wire with its key, and once more applies nothing", async () => {
  const fake = new FakeServer();
  const { url, keys } = await served(fake);
  const { file, rejectsFile } = await sourceFile(csv);
  const args = ["import", "fashion-stock", file, "--url", url, "--rejects", rejectsFile, "--json"];
  const first = await selvedge(args).ended;
  // On a slow machine there are progress lines; anything else would be a complaint.
  expect([first.code, first.err.replace(/^\d+ of 200 rows .*\n/gm, "")]).toEqual([0, ""]);
  const applied = { applied: 200, repeated: 0, refused: 0 };
  expect(JSON.parse(first.out).commands).toMatchObject({
    registerVariant: applied,
    addBatch: applied,
  });
  expect([...keys]).toEqual(["Bearer slv_test"]);
  expect(fake.batches.size).toBe(200);

  const second = await selvedge(args).ended;
  const repeated = { applied: 0, repeated: 200, refused: 0 };
  expect(JSON.parse(second.out).commands).toMatchObject({
    registerVariant: repeated,
    addBatch: repeated,
  });
});

test("Ctrl-C ends what is being sent, says how to go on, and exits with 130", async () => {
  const fake = new FakeServer();
  const { url } = await served(fake);
  const { file, rejectsFile } = await sourceFile(csv);
  const { node, ended } = selvedge([
    ...["import", "fashion-stock", file, "--url", url],
    ...["--rejects", rejectsFile, "--json", "--concurrency", "2"],
  ]);
  let asked = false;
  fake.before = async () => {
    if (fake.sent.length >= 50 && !asked) {
      asked = true;
      node.kill("SIGINT");
    }
    // Answers wait a turn, so that the signal is there long before the file's end.
    await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const { code, out, err } = await ended;
  expect(code).toBe(130);
  expect(err).toMatch(/stopping after what is being sent/);
  expect(err).toMatch(/stopped at row \d+: stopped by its user\. .*run the same command again/);
  const report = JSON.parse(out);
  expect(report.rows.accepted).toBe(fake.batches.size);
  expect(fake.batches.size).toBeLessThan(200);
});

test("a broken file and a wrong address are one line each, without a stack", async () => {
  const { file, rejectsFile } = await sourceFile("not,what,is\nwanted,at,all\n");
  const broken = await selvedge(["import", "fashion-stock", file, "--rejects", rejectsFile]).ended;
  expect(broken.code).toBe(1);
  expect(broken.err).toMatch(
    /^selvedge: the file does not fit the mapping fashion-stock: [^\n]*\n$/,
  );
  const address = await selvedge(["import", "fashion-stock", file, "--url", "nowhere"]).ended;
  expect([address.code, address.err]).toEqual([1, "selvedge: --url nowhere is no http address\n"]);
});
