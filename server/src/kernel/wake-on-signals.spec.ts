import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { wakeOnSignals } from "./wake-on-signals.ts";

/** Three groups' loops, and which of them a signal woke. */
function loopsOf(tables: Readonly<Record<string, readonly string[]>>) {
  const events = new EventEmitter();
  let woken: string[] = [];
  const loops = Object.entries(tables).map(([group, of]) => ({
    group,
    isAbout: (written: Iterable<string>) => [...written].some((table) => of.includes(table)),
    wake: (wanted = false) => void woken.push(wanted ? `${group}, wanted` : group),
  }));
  const off = wakeOnSignals(
    {
      on: (event, listener) => {
        const heard = listener as (...args: unknown[]) => void;
        events.on(event, heard);
        return () => void events.off(event, heard);
      },
    },
    new Map(loops.map((loop) => [loop.group, loop])),
  );
  const wokenBy = (event: "stale" | "written", what?: unknown) => {
    woken = [];
    events.emit(event, what);
    return woken;
  };
  return { wokenBy, off };
}

const tables = {
  floor: ["garment", "bin"],
  orders: ["sales_order", "garment"],
  hours: ["journal"],
};

test("after a command those loops wake that stand on what it has written", () => {
  const { wokenBy } = loopsOf(tables);
  expect(wokenBy("written", new Set(["bin"]))).toEqual(["floor"]);
  expect(wokenBy("written", new Set(["garment", "journal"]))).toEqual(["floor", "orders", "hours"]);
  expect(wokenBy("written", new Set(["tenant_settings"]))).toEqual([]);
});

test("where anything may be stale all loops wake, and for a reader the one that it waits for", () => {
  const { wokenBy, off } = loopsOf(tables);
  expect(wokenBy("stale")).toEqual(["floor", "orders", "hours"]);
  expect(wokenBy("stale", "orders")).toEqual(["orders, wanted"]);
  off();
  expect([...wokenBy("stale"), ...wokenBy("written", new Set(["bin"]))]).toEqual([]);
});
