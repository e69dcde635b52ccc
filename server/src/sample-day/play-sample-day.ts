import type { DaySize } from "./plan/day-size.ts";
import { people } from "./plan/people.ts";
import { announce, takeIn } from "./play/dock.ts";
import { handOver, hearOfParcels, packOrders } from "./play/pack-bench.ts";
import { pickWaves } from "./play/picking.ts";
import { Player, type PlayerOptions } from "./play/player.ts";
import type { SampleDayReport } from "./play/report.ts";
import { takeReturns } from "./play/returns-desk.ts";
import {
  allocateWaiting,
  cancelOrders,
  correctBatches,
  expireKept,
  holdOrders,
  keepPieces,
  letLinesGo,
  ordersThat,
  placeOrders,
  releaseOrders,
} from "./play/sales.ts";
import { putBack } from "./play/shelves.ts";
import { carriers, eveningWaves, noonWaves } from "./play/waves-of-day.ts";
import { planSampleDay, type SampleDay } from "./sample-day.ts";

/** Where and how the sample day is played. */
export interface SampleDayOptions extends Pick<PlayerOptions, "clientOf"> {
  /** How many commands of one step are sent at once; 16 unless told. */
  concurrency?: number | undefined;
  /** The day, as `YYYY-MM-DD`; another day is another set of orders and pieces. */
  day?: string | undefined;
  /** How much happens on it; the whole day unless told. */
  size?: DaySize | undefined;
  onProgress?: PlayerOptions["onProgress"];
  /** Ends the day early. */
  signal?: AbortSignal | undefined;
}

/**
 * Plays the generated day through the SDK, step by step; the commands of one step are sent beside
 * each other. What a step does follows from the plan and from answers that the server repeats, so a
 * day that was cut short goes on where it was.
 */
export async function playSampleDay(options: SampleDayOptions): Promise<SampleDayReport> {
  const { clientOf, concurrency = 16, onProgress, signal } = options;
  const day = planSampleDay(options.day, options.size);
  const player = new Player(day.planning, { clientOf, concurrency, onProgress, signal });
  await openHouse(player, day);
  await workMorning(player, day);
  await workUntilNoon(player, day);
  await workAfternoon(player, day);
  await workEvening(player, day);
  return player.report;
}

/** What is there before anything happens: the house's own rules, its variants, bins and stock. */
async function openHouse(player: Player, day: SampleDay): Promise<void> {
  await player.step("settings", [day.settings], (one) => player.send(one));
  await player.step("variants", day.variants, (one) => player.send(one));
  await player.step("bins", day.bins.registrations, (one) => player.send(one));
  await player.step("opening batches", day.openingBatches, (one) => player.send(one));
  await player.step("announced batches", day.announcedBatches, ({ announcement }) =>
    player.send(announcement),
  );
}

/** Pieces come in, are graded and put away, and the shelves are seen to. */
async function workMorning(player: Player, day: SampleDay): Promise<void> {
  const wanted = day.keptPieces.flatMap(({ order, rival }) => (rival ? [order, rival] : [order]));
  await takeIn(player, "morning", day.deliveries.morning);
  await placeOrders(player, "early", wanted);
  await player.step("grading", day.grading, ({ work }) => player.run(work));
  await player.step("moves", day.shelfWork.moves, (script) => player.run(script));
  await player.step("counts", [day.shelfWork.counts], (script) => player.run(script));
  await keepPieces(player, day.keptPieces);
}

/** The shops sell, and what can be shipped leaves with the noon carriers. */
async function workUntilNoon(player: Player, day: SampleDay): Promise<void> {
  await placeOrders(player, "morning", day.morningOrders);
  await holdOrders(player, "morning", ordersThat(player, "held", "held for long"));
  await cancelOrders(player, "noon cancellations", ordersThat(player, "cancelled at noon"));
  await letLinesGo(player);
  await expireKept(player, day.keptPieces);
  await takeIn(player, "noon", day.deliveries.noon);
  await player.step("arrivals", day.announcedBatches, ({ arrival }) => player.run(arrival));
  await allocateWaiting(player, "noon");
  await pickWaves(player, "noon", noonWaves(player));
  await packOrders(player, "noon", () => true);
  await handOver(player, "noon", Object.values(carriers));
}

/** More is sold, books are put right, customers have their parcels, and some send them back. */
async function workAfternoon(player: Player, day: SampleDay): Promise<void> {
  await placeOrders(player, "afternoon", day.afternoonOrders);
  await releaseOrders(player, ordersThat(player, "held"));
  await correctBatches(player, day.corrections);
  await cancelOrders(player, "late cancellations", ordersThat(player, "cancelled too late"));
  await hearOfParcels(player);
  await takeReturns(player, day.bins);
}

/** The day ends with work that is half done, as days do. */
async function workEvening(player: Player, day: SampleDay): Promise<void> {
  await takeIn(player, "evening", day.deliveries.evening);
  await allocateWaiting(player, "evening");
  const waves = await pickWaves(player, "evening", eveningWaves(player));
  const unwanted = ordersThat(player, "cancelled when picked");
  await cancelOrders(player, "cancelled when picked", unwanted);
  await putBack(player, unwanted, day.bins);
  await packOrders(player, "evening", (at) => at % 3 !== 0);
  await handOver(player, "evening", [carriers.express]);
  const late = ordersThat(player, "cancelled in the evening");
  await cancelOrders(player, "evening cancellations", late);
  const givenUp = waves.filter(({ isGivenUp }) => isGivenUp);
  await player.step("waves given up", givenUp, ({ name, waveId }) => {
    const why = { waveId, reason: "its carrier comes tomorrow" };
    return player.do(people.lead, "waves.cancelWave", name, why);
  });
  const [bin] = day.bins.reserve;
  await player.step("evening count", [{ bin }], (input) =>
    player.do(people.stowers[0], "bins.startCount", `${bin}/evening`, input),
  );
  await announce(player, "tomorrow's", [day.deliveries.tomorrow]);
}
