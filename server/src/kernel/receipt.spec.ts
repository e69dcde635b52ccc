import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReceipt, writeReceipt } from "./receipt.ts";

describe("a receipt", () => {
  test("reads back as it was written", () => {
    const epoch = fc.stringMatching(/^[0-9a-f]{12}$/);
    const xid = fc.bigInt({ min: 1n, max: 9_999_999_999_999_999_999n }).map(String);
    fc.assert(
      fc.property(epoch, xid, (epoch, xid) => {
        expect(readReceipt(writeReceipt({ epoch, xid }))).toEqual({ epoch, xid });
      }),
    );
  });

  test.each([
    "",
    "r1",
    "r1..",
    "r1.0123456789ab.0",
    "r1.0123456789ab.-1",
    "r1.0123456789ab.1e3",
    "r1.0123456789AB.1",
    "r1.0123456789ab.12345678901234567890",
    "r2.0123456789ab.1",
    " r1.0123456789ab.1",
    "r1.0123456789ab.1\n",
    "r1.0123456789ab.1'; drop table journal; --",
  ])("is not this: %j", (text) => {
    expect(readReceipt(text)).toBeUndefined();
  });

  test("is never anything that only looks like text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const receipt = readReceipt(text);
        if (receipt) expect(writeReceipt(receipt)).toBe(text);
      }),
    );
  });
});
