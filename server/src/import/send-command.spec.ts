import { expect, test } from "vitest";
import { failure } from "./fake-server.fixture.ts";
import { SendingStopped, sendCommand } from "./send-command.ts";

function failing(error: unknown) {
  return sendCommand(() => Promise.reject(error));
}

test("an answer tells whether the command was applied now or before", async () => {
  const data = { sku: "S" };
  expect(await sendCommand(async () => ({ data, repeated: false }))).toEqual({
    state: "applied",
    data,
  });
  expect(await sendCommand(async () => ({ data, repeated: true }))).toEqual({
    state: "repeated",
    data,
  });
});

test("a refusal is an outcome, with its reason and details", async () => {
  const details = { skus: ["S"] };
  expect(
    await failing(failure("REFUSED", "no such variant", { reason: "variant-unknown", details })),
  ).toEqual({
    state: "refused",
    code: "REFUSED",
    reason: "variant-unknown",
    message: "no such variant",
    details,
  });
});

test.each(["COMMAND_ID_REUSED", "BAD_INPUT", "TOO_LARGE", "INTERNAL"])(
  "%s speaks about one command and stops nothing",
  async (code) => {
    expect(await failing(failure(code, "no"))).toMatchObject({ state: "refused", code });
  },
);

test("bad input says what is bad about it", async () => {
  const issues = [{ path: ["lines", 0, "sku"], message: "contains control characters" }];
  expect(
    await failing(failure("BAD_INPUT", "The input is not valid.", { details: { issues } })),
  ).toMatchObject({
    message: "The input is not valid. (lines.0.sku: contains control characters)",
  });
});

test.each([
  ["NETWORK", /cannot be reached \(NETWORK: gone\)/],
  ["UNAVAILABLE", /cannot be reached/],
  ["TIMEOUT", /cannot be reached/],
  ["UNAUTHENTICATED", /does not know this API key/],
  ["FORBIDDEN", /may not write here/],
  ["NOT_FOUND", /is it a Selvedge server/],
])("%s stops the sending", async (code, words) => {
  await expect(failing(failure(code, "gone"))).rejects.toThrow(SendingStopped);
  await expect(failing(failure(code, "gone"))).rejects.toThrow(words);
});

test("what is no SDK error stops the sending with its first line", async () => {
  await expect(failing(new TypeError("boom\n    at somewhere"))).rejects.toThrow(/^boom$/);
  await expect(failing("plain words")).rejects.toThrow(/^plain words$/);
  await expect(failing(undefined)).rejects.toThrow(SendingStopped);
});

test.each([
  ["that met another one", "CONFLICT"],
  ["that a slow server did not answer in time", "TIMEOUT"],
])("a command %s is sent again until it is applied", async (_, code) => {
  let attempts = 0;
  const outcome = await sendCommand(async () => {
    attempts += 1;
    if (attempts < 4) throw failure(code, "not now");
    return { data: null, repeated: false };
  });
  expect([outcome.state, attempts]).toEqual(["applied", 4]);
});
