import { TRPCError } from "@trpc/server";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Fault, faultCodes, httpStatusOf, reportFault, toTrpcError } from "./faults.ts";
import { declareRefusals } from "./refusals.ts";

const refusals = declareRefusals({
  "shelf-full": { kind: "conflict", text: "The shelf has no room left." },
  "shelf-unknown": { kind: "not-found", text: "There is no such shelf." },
  "shelf-odd": { kind: "invalid", text: "A shelf cannot be asked that." },
});

describe("what a caller is told", () => {
  test("of a refusal: its reason, its kind, its words and its details", () => {
    expect(reportFault(toTrpcError(refusals.because("shelf-full", { shelf: "A" })))).toEqual({
      message: "The shelf has no room left.",
      code: "REFUSED",
      reason: "shelf-full",
      kind: "conflict",
      retryable: false,
      details: { shelf: "A" },
    });
  });

  test.each([
    ["shelf-full", 409],
    ["shelf-unknown", 404],
    ["shelf-odd", 422],
  ] as const)("%s comes with the status %i", (reason, status) => {
    expect(httpStatusOf(refusals.because(reason))).toBe(status);
  });

  test("of each code: the one status that it has, whichever way its caller came", () => {
    const statuses = faultCodes
      .filter((code) => code !== "REFUSED")
      .map((code) => `${code} ${httpStatusOf(new Fault(code, "x"))}`);
    expect(statuses).toEqual([
      ...["BAD_INPUT 400", "UNAUTHENTICATED 401", "FORBIDDEN 403", "NOT_FOUND 404"],
      ...["CONFLICT 409", "COMMAND_ID_REUSED 409", "RECEIPT_REFUSED 400", "NOT_FRESH 409"],
      ...["TOO_LARGE 413", "SDK_TOO_OLD 400", "TIMEOUT 504", "UNAVAILABLE 503", "INTERNAL 500"],
    ]);
  });

  test("of anything undeclared: nothing but that something went wrong", () => {
    const secret = new Error(`relation "selvedge.journal" does not exist at /srv/app.ts:12`);
    const report = reportFault(toTrpcError(secret));
    expect(report).toEqual({
      message: "Something went wrong on the server.",
      code: "INTERNAL",
      retryable: false,
    });
  });

  test("of an answer that does not fit its schema: nothing either", () => {
    const cause = z.string().safeParse(1).error;
    const error = new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "Output", cause });
    expect(reportFault(error)).toMatchObject({ code: "INTERNAL" });
    expect(JSON.stringify(reportFault(error))).not.toContain("expected");
  });

  test("of bad input: at most ten issues, each short, however many there are", () => {
    const type = z.array(z.int());
    const { error: cause } = type.safeParse(Array.from({ length: 5_000 }, () => "x".repeat(9_000)));
    const report = reportFault(new TRPCError({ code: "BAD_REQUEST", cause }));
    expect(report.code).toBe("BAD_INPUT");
    expect(report.details).toMatchObject({ issues: { length: 10 } });
    expect(JSON.stringify(report).length).toBeLessThan(2_000);
  });

  test("of a fault: whether trying again can help", () => {
    const retryable = (["UNAVAILABLE", "TIMEOUT", "CONFLICT", "NOT_FRESH"] as const).map(
      (code) => reportFault(toTrpcError(new Fault(code, "x"))).retryable,
    );
    expect(retryable).toEqual([true, true, true, true]);
    expect(reportFault(toTrpcError(new Fault("COMMAND_ID_REUSED", "x"))).retryable).toBe(false);
  });
});
