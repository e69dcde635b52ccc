import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { processIo } from "./cli-io.ts";
import { openapiCommand } from "./openapi.ts";

async function printed(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const io = { ...processIo, out: (line: string) => void lines.push(line) };
  await openapiCommand(io).parseAsync(args, { from: "user" });
  return `${lines.join("\n")}\n`;
}

test("what is printed is the document of the repository", async () => {
  const file = new URL("../../../docs/reference/openapi.json", import.meta.url);
  expect(await printed()).toBe(readFileSync(file, "utf8"));
});

test("it says where the server is, if it is told", async () => {
  const { servers } = JSON.parse(await printed("--server", "https://erp.example/selvedge"));
  expect(servers).toEqual([{ url: "https://erp.example/selvedge" }]);
});
