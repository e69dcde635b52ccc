import { expect, test } from "vitest";
import { InFlight } from "./in-flight.ts";

test("what is begun is waited for, and what is done twice counts once", async () => {
  const inFlight = new InFlight();
  expect(await inFlight.idle(0)).toBe(true);
  const [one, two] = [inFlight.begin(), inFlight.begin()];
  const idle = inFlight.idle(60_000);
  one();
  one();
  expect(await inFlight.idle(1)).toBe(false);
  two();
  expect(await idle).toBe(true);
});
