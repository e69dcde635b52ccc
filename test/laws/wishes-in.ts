import type { SeededRandom } from "../../server/src/sample-day/seeded-random.ts";
import type { HouseState } from "./house-state.ts";
import {
  binCode,
  defectsOf,
  future,
  grades,
  idOf,
  lpnIn,
  mayBe,
  nowhere,
  orderLine,
  past,
  reasons,
  refs,
  skuOf,
  type Wish,
} from "./wishing.ts";

const garments: Readonly<Record<string, Wish>> = {
  "garments.gradeGarment": (state, random) => ({
    lpn: lpnIn(state, random, "received"),
    grade: random.chance(0.02) ? "Q" : random.pick(grades),
    ...defectsOf(random),
  }),
  "garments.regradeGarment": (state, random) => ({
    lpn: lpnIn(state, random, "graded", "stored", "quarantined"),
    ...{ grade: random.pick(grades), reason: random.pick(reasons) },
    ...(random.chance(0.5) && defectsOf(random)),
  }),
  "garments.sendToRework": (state, random) => ({
    ...{ lpn: lpnIn(state, random, "graded", "stored"), work: "wash" },
  }),
  "garments.completeRework": (state, random) => ({
    ...{ lpn: lpnIn(state, random, "rework"), result: "clean" },
  }),
  "garments.decideDisposition": (state, random) => ({
    lpn: lpnIn(state, random, "graded"),
    disposition: random.chance(0.8)
      ? "sell"
      : random.pick(["sell", "donate", "recycle", "returnToOwner"]),
  }),
  "garments.putAway": (state, random) => ({
    lpn: lpnIn(state, random, ...(random.chance(0.7) ? ["graded"] : ["quarantined"])),
    bin: binCode(state, random),
  }),
  "garments.movePiece": (state, random) => {
    const lpn = lpnIn(state, random, "stored", "reserved", "quarantined");
    const from = state.pieces.get(lpn)?.bin ?? binCode(state, random);
    const fromBin = random.chance(0.1) ? binCode(state, random) : from;
    return { lpn, fromBin, toBin: binCode(state, random) };
  },
  "garments.quarantine": (state, random) => ({
    lpn: lpnIn(state, random, "stored", "reserved", "graded"),
    reason: random.pick(reasons),
  }),
  "garments.releaseQuarantine": (state, random) => ({
    ...{ lpn: lpnIn(state, random, "quarantined"), reason: random.pick(reasons) },
  }),
  "garments.reportMissing": (state, random) => {
    const lpn = idOf(state.pieces, random, "NONE", ({ bin }) => bin !== null);
    const bin = state.pieces.get(lpn)?.bin ?? binCode(state, random);
    return { lpn, bin: random.chance(0.1) ? binCode(state, random) : bin };
  },
  "garments.writeOffGarment": (state, random) => ({
    ...{ lpn: lpnIn(state, random, "missing", "graded"), reason: random.pick(reasons) },
  }),
  "garments.reservePiece": (state, random) => ({
    ...orderLine(state, random),
    lpn: lpnIn(state, random, "stored"),
    ...mayBe(random, "until", random.pick([past, past, future])),
  }),
  "garments.expireReservations": (_, random) => ({ limit: random.int(1, 3) }),
};

const dock: Readonly<Record<string, Wish>> = {
  "inbound.announceInbound": (state, random) => {
    const ref = `IN-${random.pick(refs)}${random.pick(refs)}`;
    const parcel = idOf(state.parcels, random, "", ({ status }) => status !== "packed");
    const { order, items = [] } = state.parcels.get(parcel) ?? {};
    if (order !== undefined && random.chance(0.6)) {
      const { sku = "TEE" } = state.orders.get(order)?.lines[(items[0]?.line ?? 1) - 1] ?? {};
      const lines = items.slice(0, 1).map(({ line, qty }) => {
        return { sku, qty: random.int(1, qty), orderLine: line };
      });
      return { source: "dock", ref, kind: "return", orderId: order, lines };
    }
    const line = () => ({
      ...{ sku: skuOf(random), qty: random.int(1, 4) },
      ...mayBe(random, "grade", random.pick(["A", "Q"]), 0.1),
    });
    const lines = random.chance(0.5) ? [line()] : [line(), line()];
    return { source: "dock", ref, kind: "supplier", lines };
  },
  "inbound.receivePiece": (state, random) => {
    const of = inboundLine(state, random);
    const order = state.inbounds.get(of.inboundId)?.order;
    const left = [...state.pieces].find(([, piece]) => piece.order === order && order !== null);
    const fresh = `L-${random.pick(refs)}${random.pick(refs)}`;
    const lpn = left && random.chance(0.8) ? left[0] : fresh;
    return {
      ...{ ...of, lpn },
      ...mayBe(random, "sku", skuOf(random), 0.2),
      ...mayBe(random, "consignor", "anna", 0.3),
      ...mayBe(random, "overReason", random.pick(reasons), 0.2),
    };
  },
  "inbound.receiveLot": (state, random) => ({
    ...inboundLine(state, random),
    ...{ batchRef: `lot-${random.pick(refs)}`, qty: random.int(1, 4), grade: random.pick(grades) },
    ...mayBe(random, "bin", binCode(state, random)),
    ...mayBe(random, "overReason", random.pick(reasons), 0.2),
  }),
  "inbound.closeInbound": (state, random) => {
    const { inboundId } = inboundLine(state, random);
    const lines = state.inbounds.get(inboundId)?.lines ?? [];
    const discrepancies = lines.flatMap(({ received, expected }, i) => {
      const isTold = received !== expected ? random.chance(0.8) : random.chance(0.05);
      return isTold ? [{ line: i + 1, reason: random.pick(reasons) }] : [];
    });
    return { inboundId, discrepancies };
  },
};

function inboundLine(state: HouseState, random: SeededRandom) {
  const inboundId = idOf(state.inbounds, random, nowhere, ({ status }) => status !== "closed");
  const lines = state.inbounds.get(inboundId)?.lines.length ?? 1;
  return { inboundId, line: random.int(1, random.chance(0.05) ? lines + 1 : lines) };
}

const bins: Readonly<Record<string, Wish>> = {
  "bins.registerBin": (_, random) => ({
    code: `N-${random.pick(refs)}`,
    ...{ zone: random.pick(["N", "M"]), pickSequence: random.int(1, 3) },
    ...{ kind: random.pick(["pick", "reserve", "quarantine"]), capacity: random.int(1, 12) },
  }),
  "bins.startCount": (state, random) => ({ bin: binCode(state, random) }),
  "bins.submitCount": (state, random) => {
    const bin = idOf(state.bins, random, "Z-9", ({ count }) => count === "counting");
    const lies = [...state.pieces].filter(([, piece]) => piece.bin === bin);
    const lpns = lies.map(([lpn]) => lpn).filter(() => random.chance(0.85));
    const extra = lpnIn(state, random, "missing", "stored");
    const batches = [...state.batches].flatMap(([ref, batch]) => {
      if (batch.bin !== bin || random.chance(0.1)) return [];
      const qty = batch.qty - batch.picked + (random.chance(0.3) ? random.int(-2, 2) : 0);
      return [{ ref, qty: Math.max(qty, 0) }];
    });
    const seen = { lpns: random.chance(0.3) ? [...new Set([...lpns, extra])] : lpns, batches };
    return { bin, seen, reason: random.pick(reasons) };
  },
  "catalogue.registerVariant": (_, random) => ({
    sku: random.pick(["TEE", "CAP", "SOCK"]),
    ...mayBe(random, "colour", random.pick(["red", "red", "blue"])),
    ...mayBe(random, "size", random.pick(["M", "M", "L"])),
  }),
  "settings.changeSettings": (_, random) => ({
    ...mayBe(random, "returnWindowDays", random.pick([30, 30, 30, 0])),
    ...mayBe(random, "carriers", [{ name: "DHL", cutOff: "17:30" }], 0.3),
    ...mayBe(random, "grades", gradesOf(random), 0.3),
  }),
};

const gradesOf = (random: SeededRandom) =>
  ["N", "A", "B", "C", "D"]
    .filter((code) => code !== "C" || random.chance(0.5))
    .filter((code) => code !== "B" || random.chance(0.8))
    .map((code) => ({
      ...{ code, name: code, sellable: code !== "D", forbidsWear: code === "N" },
    }));

/** What may be asked of garments, of the dock, of bins, of the catalogue and of settings. */
export const wishesIn = { ...garments, ...dock, ...bins };
