/* What a partner writes in tests of their own screens. */
import { Selvedge } from "@selvedge/sdk";
import {
  type FakeSelvedge,
  fakeSelvedge,
  type ManualClock,
  manualClock,
  signedWebhook,
  waitForFresh,
} from "@selvedge/sdk/testing";

/** A house with one order in it that the board shows late. */
export async function lateBoard(): Promise<number | null> {
  const clock: ManualClock = manualClock();
  const fake: FakeSelvedge = fakeSelvedge({ clock });
  const selvedge = new Selvedge(fake.options);
  fake.answers("orders.orderBoard", []);
  fake.answers("orders.placeOrder", (input, { refuse, commandId }) => {
    if (input.lines.length === 0 || !commandId) refuse("variant-unknown", { kind: "invalid" });
    fake.answers("orders.orderBoard", [{ orderId: "o-1", externalRef: input.externalRef }]);
    return { orderId: "o-1", lines: [] };
  });
  fake.withLag("orderBoard", 500).losesAnswers(1);
  const lines = [{ sku: "TEE", qty: 1 }];
  await selvedge.orders.placeOrder({ channel: "shop", externalRef: "A-1", lines });
  await fake.waitForFresh();
  const { freshness } = await waitForFresh(selvedge.orders.orderBoard, { orderId: "o-1" });
  return freshness.lagMs;
}

/** What the compiler has to refuse. */
export async function mistakes(fake: FakeSelvedge): Promise<void> {
  // @ts-expect-error: no such column
  fake.answers("orders.orderBoard", [{ colour: "red" }]);
  // @ts-expect-error: no refusal of this command
  fake.refuses("orders.placeOrder", "bin-full");
  // @ts-expect-error: no such read model
  fake.withLag("orderBord", 1);
  // @ts-expect-error: no secret to sign with
  await signedWebhook({ type: "OrderPlaced" }, {});
}
