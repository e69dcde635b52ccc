import { expect, test } from "vitest";
import { SelvedgeError, type SelvedgeErrorCode } from "../errors.ts";
import { kept, verdictOn } from "./verdict.ts";

const saying = (code: SelvedgeErrorCode, requestId?: string) =>
  new SelvedgeError("No.", { code, requestId, cause: new Error("deeper") });

test.each<[SelvedgeErrorCode, "trouble" | "refused"]>([
  ["NETWORK", "trouble"],
  ["TIMEOUT", "trouble"],
  ["UNAVAILABLE", "trouble"],
  ["UNAUTHENTICATED", "trouble"],
  ["CONFLICT", "trouble"],
  ["INTERNAL", "trouble"],
  ["REFUSED", "refused"],
  ["BAD_INPUT", "refused"],
  ["TOO_LARGE", "refused"],
  ["NOT_FOUND", "refused"],
  ["FORBIDDEN", "refused"],
  ["COMMAND_ID_REUSED", "refused"],
])("%s, said by the server, is %s", (code, verdict) => {
  expect(verdictOn(saying(code, "req-1"), 1)).toBe(verdict);
});

test.each(["CONFLICT", "INTERNAL"] as const)("%s is not tried for ever", (code) => {
  expect(verdictOn(saying(code, "req-1"), 4)).toBe("trouble");
  expect(verdictOn(saying(code, "req-1"), 5)).toBe("refused");
  expect(verdictOn(saying("UNAVAILABLE", "req-1"), 500)).toBe("trouble");
});

test.each(["NOT_FOUND", "FORBIDDEN", "INTERNAL", "BAD_INPUT"] as const)(
  "%s, said by something in between, says nothing of the command",
  (code) => {
    expect(verdictOn(saying(code), 500)).toBe("trouble");
    expect(verdictOn(saying("TOO_LARGE"), 1)).toBe("refused");
  },
);

test("what is no error of the SDK's is the command's", () => {
  expect(verdictOn(new TypeError("not a function"), 1)).toBe("refused");
  expect(kept(new TypeError("not a function"))).toEqual({
    code: "INTERNAL",
    message: "not a function",
  });
});

test("an error is kept without what cannot be", () => {
  expect(kept(saying("REFUSED", "req-1"))).toEqual({
    code: "REFUSED",
    message: "No.",
    requestId: "req-1",
  });
});
