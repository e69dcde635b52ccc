import { expect, test } from "vitest";
import { declareLife } from "../kernel/life.ts";
import { printLives } from "./print-lives.ts";

const door = declareLife("Door", "shut", {
  open: { from: ["shut"], to: "open" },
  kick: { from: ["shut"], to: "open" },
  close: { from: ["open"], to: "shut" },
  burn: { from: ["shut", "open"], to: "gone" },
});
const anvil = declareLife("Anvil", "cold", { heat: { from: ["cold"], to: "hot" } });

test("each life is drawn, in the order of their names", () => {
  const page = printLives([door, anvil]);
  expect(page.match(/^## .*/gm)).toEqual(["## Anvil", "## Door"]);
});

test("steps that go the same way share an arrow, and ends are ends", () => {
  const [, drawn] = /```mermaid\n([\s\S]*?)```/.exec(printLives([door])) ?? [];
  expect(
    drawn
      ?.trim()
      .split("\n")
      .map((line) => line.trim()),
  ).toEqual([
    "stateDiagram-v2",
    "[*] --> shut",
    "shut --> open: open, kick",
    "open --> shut: close",
    "shut --> gone: burn",
    "open --> gone: burn",
    "gone --> [*]",
  ]);
});

test("the table says every step", () => {
  expect(printLives([door])).toContain("| `burn` | shut, open | gone |");
});

test("a step from where it is not allowed is refused with what would allow it", () => {
  const orRefuse = (needs: readonly string[]) => Object.assign(new Error(), { needs }) as never;
  expect(() => door.after("close", "gone", orRefuse)).toThrow(
    expect.objectContaining({ needs: ["open"] }),
  );
  expect(door.after("close", "open", orRefuse)).toBe("shut");
});
