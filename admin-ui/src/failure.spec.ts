import { expect, test } from "vitest";
import { explainFailure } from "./failure.ts";

const error = (code: string) =>
  Object.assign(new Error("no such luck"), { code, requestId: "req-7" });

test.each([
  ["UNAUTHENTICATED", "refused", "operations:read"],
  ["FORBIDDEN", "refused", "operations:read"],
  ["NETWORK", "silent", "Check that it runs"],
  ["TIMEOUT", "silent", "Check that it runs"],
  ["NOT_FOUND", "told", "versions"],
  ["INTERNAL", "told", "log"],
  ["A_CODE_OF_TOMORROW", "told", "log"],
])("%s is explained as %s with advice", (code, kind, advice) => {
  const failure = explainFailure(error(code));
  expect(failure.kind).toBe(kind);
  expect(failure.advice).toContain(advice);
});

test("what the server said comes with the number under which its log has it", () => {
  expect(explainFailure(error("INTERNAL")).detail).toBe("no such luck · request req-7");
  const hinted = Object.assign(error("FORBIDDEN"), { hint: "Ask the warehouse." });
  expect(explainFailure(hinted).detail).toBe("no such luck · Ask the warehouse. · request req-7");
  expect(explainFailure({ code: "INTERNAL" }).detail).toBeNull();
});

test("an error of any other make counts as no answer", () => {
  for (const odd of [new TypeError("failed to fetch"), "down", null, undefined]) {
    expect(explainFailure(odd)).toMatchObject({ kind: "silent", detail: null });
  }
});
