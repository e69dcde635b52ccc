import type { SampleBins } from "../plan/bins.ts";
import { people, turn } from "../plan/people.ts";
import type { DeskOrder } from "./desk-order.ts";
import type { Player } from "./player.ts";

/** Single pieces that were picked for nothing go back on the shelf; batches never left it. */
export function putBack(
  player: Player,
  orders: readonly DeskOrder[],
  bins: SampleBins,
): Promise<void> {
  const items = orders
    .filter(({ isCancelled }) => isCancelled)
    .flatMap(({ lines }) => lines.flatMap(({ picked }) => picked));
  const lpns = items.flatMap((item) => ("lpn" in item ? [item.lpn] : []));
  return player.step("put back", lpns, (lpn, at) => {
    const piece = { lpn, bin: turn(bins.pieces, at) };
    return player.do(turn(people.stowers, at), "garments.putAway", `${lpn}/back`, piece);
  });
}
