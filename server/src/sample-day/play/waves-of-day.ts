import type { WantedWave } from "./picking.ts";
import type { Player } from "./player.ts";

/** Invented carriers, by the service that an order was promised. */
export const carriers = { express: "Swiftfoot", standard: "Hollow Post" } as const;

const all = 1_000;

/** What leaves at noon: of each shop all that can be picked. */
export function noonWaves(player: Player): WantedWave[] {
  const wave = waveOf(player, "noon");
  return [
    wave("sample-shop", { picked: 1, ordersMax: all }),
    wave("sample-market", { picked: 1, ordersMax: all }),
    wave("sample-outlet", { picked: 1, ordersMax: all }),
  ];
}

/** What is picked last: one wave whole, one in part, one that is given up, and one for tomorrow. */
export function eveningWaves(player: Player): WantedWave[] {
  const wave = waveOf(player, "evening");
  const few = Math.ceil(player.planning.size.afternoonOrders / 10);
  return [
    wave("sample-shop", { picked: 1, ordersMax: all }),
    wave("sample-market", { picked: 0.55, ordersMax: all }),
    wave("sample-outlet", { picked: 0, ordersMax: few, isGivenUp: true }),
    wave("sample-outlet", { picked: null, ordersMax: all }),
  ];
}

type Wanted = Pick<WantedWave, "picked" | "ordersMax"> & { readonly isGivenUp?: boolean };

function waveOf(player: Player, when: "noon" | "evening") {
  let number = 0;
  return (channel: string, { isGivenUp = false, ...rules }: Wanted): WantedWave => {
    number += 1;
    const carrier = channel === "sample-shop" ? carriers.express : carriers.standard;
    const orders = player.desk.all().filter((order) => order.channel === channel);
    const cutOff = when === "noon" ? "12:30" : "17:30";
    return { name: `${when}/${number}`, orders, carrier, cutOff, isGivenUp, ...rules };
  };
}
