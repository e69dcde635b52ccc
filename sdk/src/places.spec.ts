import { expect, test } from "vitest";
import { Places } from "./places.ts";

test("places are given in turn", async () => {
  const places = new Places(1);
  const order: string[] = [];
  await places.take(undefined);
  const second = places.take(undefined).then(() => order.push("second"));
  const third = places.take(undefined).then(() => order.push("third"));
  places.leave();
  await second;
  places.leave();
  await third;
  expect(order).toEqual(["second", "third"]);
});

test("who gives up waiting leaves the turn to the next", async () => {
  const places = new Places(1);
  const controller = new AbortController();
  await places.take(undefined);
  const second = places.take(controller.signal);
  const third = places.take(undefined);
  controller.abort(new Error("closed"));
  await expect(second).rejects.toThrow("closed");
  places.leave();
  await third;
});

test("a signal that fires after its place was given changes nothing", async () => {
  const places = new Places(1);
  const controller = new AbortController();
  await places.take(undefined);
  const second = places.take(controller.signal);
  places.leave();
  await second;
  controller.abort();
  places.leave();
  await places.take(undefined);
});
