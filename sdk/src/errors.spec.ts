import { expect, test, vi } from "vitest";
import { isSelvedgeError, SelvedgeError } from "./errors.ts";

test("an error made by another copy of the package is known for what it is", async () => {
  vi.resetModules();
  const copy = await import("./errors.ts");
  const error = new copy.SelvedgeError("No.", { code: "REFUSED", reason: "order-unknown" });
  expect(error).not.toBeInstanceOf(SelvedgeError);
  expect(isSelvedgeError(error)).toBe(true);
});

test.each([
  ["an error", new Error("No.")],
  ["an object with a code", { code: "REFUSED", name: "SelvedgeError" }],
  ["text", "REFUSED"],
  ["null", null],
])("%s is no SelvedgeError", (_, value) => {
  expect(isSelvedgeError(value)).toBe(false);
});

test("an error says what it knows, and is not retryable unless told", () => {
  const cause = new Error("deeper");
  const error = new SelvedgeError("No.", { code: "NETWORK", cause });
  expect(error).toMatchObject({ name: "SelvedgeError", message: "No.", code: "NETWORK", cause });
  expect(error.retryable).toBe(false);
  expect(new SelvedgeError("No.", { code: "NETWORK" })).not.toHaveProperty("cause");
});
