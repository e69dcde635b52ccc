import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { CliError, type CliIo, lineOf } from "./cli-io.ts";
import { connect } from "./connect.ts";

function ioWith(facts: Partial<CliIo>): CliIo {
  return {
    env: {},
    out: () => {},
    note: () => {},
    progress: new Writable(),
    readStdin: async () => "",
    exitWith: () => {},
    ...facts,
  };
}

const local = { url: "http://127.0.0.1:9", keyEnv: "SELVEDGE_API_KEY" };

test.each(["", "127.0.0.1:4000", "ftp://127.0.0.1/", "file:///etc/passwd", "http://"])(
  "%j is no address of a server",
  async (url) => {
    await expect(connect({ ...local, url }, ioWith({}))).rejects.toThrow(CliError);
  },
);

test("a key that is to come from standard input must be there", async () => {
  const io = ioWith({ readStdin: async () => " \n" });
  await expect(connect({ ...local, keyStdin: true }, io)).rejects.toThrow(
    /no API key on standard input/,
  );
});

test("an error of any kind is one line", () => {
  expect(lineOf(new Error("first\n  second"))).toBe("first; second");
  expect(lineOf("words")).toBe("words");
  expect(lineOf(new Error(""))).toBe("failed without a word");
});
