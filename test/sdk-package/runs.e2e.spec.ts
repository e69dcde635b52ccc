import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  commanded,
  failed,
  json,
  queried,
  type Step,
  scriptedServer,
} from "../../sdk/src/testing/scripted-server.ts";
import { findNodes, type Release, releases } from "./nodes.ts";
import { partnerProject, root } from "./packed-sdk.ts";

/* The packed SDK at work, in each release of Node and in both formats. */

let folder = "";
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, remove } = await partnerProject());
  await cp(join(root, "test/sdk-package/programs"), folder, { recursive: true });
});
afterAll(() => remove?.());

const nodes = await findNodes();

async function ran(release: Release, program: string, url = ""): Promise<unknown> {
  const { stdout } = await promisify(execFile)(nodes.get(release) ?? "", [program], {
    cwd: folder,
    env: { SELVEDGE_URL: url },
  });
  return JSON.parse(stdout);
}

const byPath: Readonly<Record<string, Step>> = {
  "/selvedge/trpc/orders.placeOrder": commanded("r1.e.7", { orderId: "o-1", lines: [] }),
  "/selvedge/trpc/orders.orderBoard": queried({ rows: [{ orderId: "o-1" }], nextCursor: null }),
  "/selvedge/trpc/orders.cancelOrder": failed(404, { code: "REFUSED", reason: "order-unknown" }),
};
const answering: Step = (response, request) =>
  (byPath[request.path] ?? json(404, {}))(response, request);

const formats = ["calls.mjs", "calls.cjs"];
const each = releases.flatMap((release) => formats.map((program) => [release, program] as const));

test.for(each)("Node %s runs %s", async ([release, program], { skip }) => {
  if (!nodes.has(release)) {
    skip(`There is no Node ${release} here; with SELVEDGE_SDK_MATRIX=all npm brings one.`);
  }
  const { baseUrl, seen } = await scriptedServer(answering);
  expect(await ran(release, program, baseUrl)).toEqual({
    node: expect.stringMatching(new RegExp(`^v${release}\\.`)),
    orderId: "o-1",
    receipts: ["r1.e.7"],
    rows: ["o-1"],
    refused: "order-unknown",
  });
  expect(seen.map(({ path }) => path)).toEqual(Object.keys(byPath));
  expect(seen[1]?.headers["selvedge-at-least"]).toBe("r1.e.7");
  expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(
    new Set(["Bearer slv_partner"]),
  );
});

test("a program with both formats in it knows the errors of either by the other", async () => {
  expect(await ran("24", "both.mjs")).toEqual({
    areTwo: true,
    esmKnowsCjs: true,
    cjsKnowsEsm: true,
    others: false,
  });
});
