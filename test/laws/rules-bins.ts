import { isDeepStrictEqual } from "node:util";
import { lead } from "./desk.ts";
import { type HouseState, occupiedOf } from "./house-state.ts";
import { cancelTasks, type LineOf, shrink, tryFor } from "./model-stock.ts";
import { forSale, type Rule, rule } from "./rule.ts";
import { missed, now } from "./rules-garments.ts";

interface Registered {
  readonly code: string;
  readonly zone: string;
  readonly pickSequence: number;
  readonly kind: string;
  readonly capacity: number;
}

const registerBin = rule<Registered>({
  refuses: ({ bins }, { code, zone, pickSequence, kind, capacity }) => {
    const known = bins.get(code);
    const same =
      known?.facts === `${zone} ${pickSequence}` &&
      known.kind === kind &&
      known.capacity === capacity;
    return [known !== undefined && !same && "bin-differs"];
  },
  does: ({ bins }, { code, zone, pickSequence, kind, capacity }) => {
    const registered = !bins.has(code);
    const facts = `${zone} ${pickSequence}`;
    const empty = { occupied: 0, count: "none" as const, countedBy: null };
    if (registered) bins.set(code, { kind, capacity, facts, ...empty });
    return { registered };
  },
});

const startCount = rule<{ readonly bin: string }>({
  refuses: ({ bins }, { bin }) => {
    const counted = bins.get(bin);
    return [!counted && "bin-unknown", counted?.count === "counting" && "bin-being-counted"];
  },
  does: ({ bins }, { bin }, { by }) => {
    Object.assign(bins.get(bin) ?? {}, { count: "counting", countedBy: by });
    return undefined;
  },
});

interface Counted {
  readonly bin: string;
  readonly seen: {
    readonly lpns: readonly string[];
    readonly batches: readonly { readonly ref: string; readonly qty: number }[];
  };
}

const mayLie = ["stored", "reserved", "quarantined"];

/** What of the pieces and batches that were seen is not as the books have it. */
function differencesOf(state: HouseState, { bin, seen }: Counted) {
  const pieces = [...state.pieces].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const here = new Set(seen.lpns);
  const missing = pieces.filter(([lpn, piece]) => piece.bin === bin && !here.has(lpn));
  const others = pieces.filter(([lpn, piece]) => here.has(lpn) && piece.bin !== bin);
  const found = others.filter(([, { status }]) => status === "missing");
  const moved = others.filter(([, one]) => one.bin !== null && mayLie.includes(one.status));
  const lots = [...state.batches]
    .filter(([, batch]) => batch.bin === bin)
    .map(([ref, batch]) => {
      const qty = seen.batches.find((one) => one.ref === ref)?.qty ?? 0;
      return { ref, batch, after: qty + batch.picked };
    })
    .toSorted((a, b) => (a.ref < b.ref ? -1 : 1));
  const more = lots.reduce((sum, { batch, after }) => sum + after - batch.qty, 0);
  return { missing, found, moved, lots, more: more + found.length + moved.length - missing.length };
}

const submitCount = rule<Counted>({
  refuses: (state, input, by) => {
    const counted = state.bins.get(input.bin);
    if (!counted) return ["bin-unknown"];
    const { count, countedBy, capacity } = counted;
    if (count !== "counting") return ["bin-not-being-counted"];
    return [
      countedBy !== by && by !== lead && "counted-by-another",
      occupiedOf(state, input.bin) + differencesOf(state, input).more > capacity && "bin-full",
    ];
  },
  does: (state, input) => {
    const bin = state.bins.get(input.bin);
    if (!bin) throw new Error(`There is no bin ${input.bin}.`);
    const { missing, found, moved, lots } = differencesOf(state, input);
    const victims = lots.flatMap(({ ref, batch, after }) =>
      after === batch.qty ? [] : shrink(state, ref, after),
    );
    const storedMs = now();
    const lines: LineOf[] = [];
    for (const [lpn, piece] of missing) {
      const { order, line } = piece;
      if (order !== null && line !== null) lines.push({ orderId: order, line });
      Object.assign(piece, { order: null, line: null, untilMs: null }, missed(piece));
      cancelTasks(state, (task) => task.lpn === lpn);
    }
    for (const [, piece] of found) {
      const stored = forSale.includes(bin.kind) && piece.disposition === "sell";
      piece.status = piece.grade === null ? "received" : stored ? "stored" : "graded";
      if (piece.status === "stored") piece.storedMs = storedMs;
    }
    for (const [lpn, piece] of forSale.includes(bin.kind) ? [] : moved) {
      const { order, line } = piece;
      if (order !== null && line !== null) lines.push({ orderId: order, line });
      Object.assign(piece, { order: null, line: null, untilMs: null });
      if (piece.status !== "quarantined") piece.status = "graded";
      cancelTasks(state, (task) => task.lpn === lpn);
    }
    for (const [, piece] of [...found, ...moved]) piece.bin = input.bin;
    for (const { order, line } of victims) {
      cancelTasks(state, (task) => task.order === order && task.line === line);
    }
    const open = lines.filter(({ orderId }) => state.orders.get(orderId)?.status === "open");
    for (const line of open) tryFor(state, line);
    Object.assign(bin, { count: "none", countedBy: null });
    return {
      missing: missing.map(([lpn]) => lpn),
      found: found.map(([lpn]) => lpn),
      freed: { length: open.length },
    };
  },
});

const registerVariant = rule<{ readonly sku: string } & Readonly<Record<string, string>>>({
  refuses: ({ variants }, { sku, ...stated }) => {
    const known = variants.get(sku) ?? {};
    const differs = Object.entries(stated).some(([fact, value]) => {
      return known[fact] != null && known[fact] !== value;
    });
    return [differs && "variant-differs"];
  },
  does: ({ variants }, { sku, ...stated }) => {
    const known = variants.get(sku);
    const facts = { ...noFacts, ...known, ...stated };
    variants.set(sku, facts);
    return { registered: !isDeepStrictEqual(known, facts) };
  },
});

const noFacts = Object.fromEntries(
  ["style", "brand", "colour", "size", "sizeSystem", "category", "material"].map((fact) => [
    fact,
    null,
  ]),
);

interface Changes {
  readonly grades?: readonly { readonly code: string }[];
  readonly returnWindowDays?: number;
}

const changeSettings = rule<Changes>({
  refuses: ({ settings, pieces, batches }, { grades }) => {
    const kept = grades?.map(({ code }) => code) ?? settings.grades;
    const leaving = settings.grades.filter((grade) => !kept.includes(grade));
    const used = [...pieces.values(), ...batches.values()].map(({ grade }) => grade ?? "");
    return [leaving.some((grade) => used.includes(grade)) && "grade-in-use"];
  },
  does: ({ settings }, { grades, returnWindowDays }) => {
    if (grades) settings.grades = grades.map(({ code }) => code);
    if (returnWindowDays !== undefined) settings.windowDays = returnWindowDays;
    return undefined;
  },
});

/** What is known of the commands of bins, of the catalogue and of settings. */
export const binsRules: Readonly<Record<string, Rule>> = {
  "bins.registerBin": registerBin,
  "bins.startCount": startCount,
  "bins.submitCount": submitCount,
  "catalogue.registerVariant": registerVariant,
  "settings.changeSettings": changeSettings,
};
