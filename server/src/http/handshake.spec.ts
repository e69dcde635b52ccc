import { describe, expect, test } from "vitest";
import { noticesTo } from "./handshake.ts";

const server = { version: "1.4.0", contract: "c0ffee", oldestSdk: "1.2.10" };
const to = (sdk: string | undefined, contract?: string) => noticesTo({ sdk, contract }, server);

test.each([
  [undefined, "no SDK"],
  ["js/1.2.10", "the oldest that is taken"],
  ["js/1.3.99", "an older one"],
  ["js/1.4.0", "one of the same version"],
  ["js/1.4.0-rc.1", "one before it"],
  ["", "nothing"],
  ["curl/8", "something else"],
  ["js/one.two.three", "no version"],
  [`js/${"9".repeat(400)}.0.0`, "an endless version"],
])("%s is told nothing: %s", (sdk, _what) => {
  expect(to(sdk)).toEqual([]);
});

test.each(["js/1.2.9", "js/1.1.99", "js/0.9.9", "js/0.0.0", "js/1.2.9-beta"])(
  "%s is too old, and is told in words what to do",
  (sdk) => {
    const said = /[\d.]+\d/.exec(sdk)?.[0];
    expect(() => to(sdk)).toThrow(
      expect.objectContaining({
        code: "SDK_TOO_OLD",
        message: `This SDK (${said}) is too old; the server takes 1.2.10 or newer.`,
        details: { sdk: said, oldestSdk: "1.2.10", server: "1.4.0" },
        hint: "Bring it up to date: npm install @selvedge/sdk@1.4.0",
      }),
    );
  },
);

describe("an SDK that is newer than the server", () => {
  const notice = "This SDK (1.10.0) is newer than the server (1.4.0), which may lack some of it.";

  test("is told so where its contract is another", () => {
    expect(to("js/1.10.0", "decaf")).toEqual([notice]);
    expect(to("js/1.10.0")).toEqual([notice]);
  });

  test("is told nothing where the contract is the same", () => {
    expect(to("js/1.10.0", "c0ffee")).toEqual([]);
  });
});
