import { webcrypto } from "node:crypto";
import { expect, onTestFinished, test, vi } from "vitest";
import { newCommandId } from "./command-id.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a command id is a random UUID", () => {
  expect(newCommandId()).toMatch(uuid);
});

test("pages without TLS, which lack crypto.randomUUID, make one too", () => {
  vi.stubGlobal("crypto", { getRandomValues: webcrypto.getRandomValues.bind(webcrypto) });
  onTestFinished(() => void vi.unstubAllGlobals());
  const ids = Array.from({ length: 200 }, newCommandId);
  expect(ids.filter((id) => !uuid.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(200);
});
