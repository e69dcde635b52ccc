import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { generateClient, root } from "./generated-client.fixture.ts";

const program = `
  import { addBatch, orderBoard, placeOrder, type PlaceOrderRefusal } from "./client.ts";

  const lines = [{ sku: "TEE", qty: 1 }];
  const placed = await placeOrder("key-order", { channel: "shop", externalRef: "A-1", lines });
  if (placed.status === 200) {
    const { data, receipt } = placed.data;
    const id: string = data.orderId;
    const board = await orderBoard({ orderId: id, selvedgeAtLeast: receipt });
    if (board.status === 200) {
      const { rows, nextCursor } = board.data.data;
      const status: "backordered" | "allocated" | "picking" | "packed" | "shipped" | "delivered"
        | "returning" | "returned" | "lost" | "cancelled" | undefined = rows[0]?.status;
      const cursor: string | null = nextCursor;
      const lag: number | null = board.data.freshness.lagMs;
      console.log(status, cursor, lag);
    }
  }
  if (placed.status === 404) {
    const reason: "variant-unknown" | "external-ref-taken" | "changed-in-between"
      | "decision-stale" = placed.data.reason;
    console.log(reason);
  }
  await placeOrder({ channel: "shop", externalRef: "A-1", lines }); // wrong
  await placeOrder("key-order", { channel: "shop", externalRef: "A-1", lines: [{ sku: "TEE" }] }); // wrong
  await orderBoard({ status: "gone" }); // wrong
  await addBatch("key-batch", { ref: "PO-1", sku: "TEE", qty: 1, more: 1 }); // wrong
  const reason: PlaceOrderRefusal["reason"] = "bin-full"; // wrong
  export { reason };
`;

test("what a public generator makes of the document is typed as the contract is", async () => {
  const folder = await generateClient();
  writeFileSync(join(folder, "program.ts"), program);
  const compilerOptions = {
    ...{ strict: true, noUncheckedIndexedAccess: true, skipLibCheck: true, noEmit: true },
    ...{ module: "nodenext", target: "es2023", lib: ["es2023", "dom"], types: [] },
    allowImportingTsExtensions: true,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [tsc], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  );
  const found = [...stdout.matchAll(/^(\S+)\((\d+),/gm)].map(([, file, line]) => `${file}:${line}`);
  const wrong = program
    .split("\n")
    .flatMap((line, i) => (line.endsWith("// wrong") ? [`program.ts:${i + 1}`] : []));
  expect(wrong).toHaveLength(5);
  expect([found, stdout]).toEqual([wrong, expect.any(String)]);
});
