import {
  backOfLine,
  type HouseState,
  lineKey,
  piecesOfLine,
  type TaskState,
} from "./house-state.ts";
import { answerOf, finishIfDone, giveBack, tryFor } from "./model-stock.ts";
import { type Rule, rule } from "./rule.ts";
import { askForCount, missed } from "./rules-garments.ts";

interface Planned {
  readonly orderIds: readonly string[];
  readonly maxOrders?: number;
}

interface OfTask {
  readonly waveId: string;
  readonly task: number;
}

type Source = Pick<TaskState, "order" | "line" | "lpn" | "batch" | "qty">;

const isSame = (one: Source) => (other: Source) =>
  one.order === other.order && one.line === other.line && one.lpn === other.lpn;

/** What of an order's line is to be picked, where all of it is in the house. */
function sourcesOf(state: HouseState, order: string, line: number): Source[] | undefined {
  const allocation = state.allocations.get(lineKey(order, line));
  if (allocation) {
    const { batch, qty } = allocation;
    if (!state.batches.get(batch)?.here) return undefined;
    return allocation.state === "allocated" ? [{ order, line, lpn: null, batch, qty }] : [];
  }
  const pieces = piecesOfLine(state, order, line);
  const { qty } = state.orders.get(order)?.lines[line - 1] ?? { qty: 0 };
  if (pieces.length + backOfLine(state, order, line) < qty) return undefined;
  return pieces
    .filter(([, { status }]) => status === "reserved")
    .map(([lpn]) => ({ order, line, lpn, batch: null, qty: 1 }));
}

/** What is to be picked for an order, or why nothing is. */
function toPick(state: HouseState, id: string): readonly Source[] | string {
  const order = state.orders.get(id);
  if (order?.status !== "open") return "order-cancelled";
  if (order.held) return "order-held";
  const ofLines = order.lines.map((line, i) => (line ? sourcesOf(state, id, i + 1) : []));
  if (ofLines.includes(undefined)) return "order-incomplete";
  const all = ofLines.flatMap((sources) => sources ?? []);
  const open = [...state.waves.values()].flatMap(({ tasks }) =>
    tasks.filter((task) => task.state === "open"),
  );
  const left = all.filter((source) => !open.some(isSame(source)));
  if (left.length > 0) return left;
  return all.length > 0 ? "line-in-wave" : "nothing-to-pick";
}

/** The orders of a wave, the most urgent first, with what is to be picked for each. */
function choose(state: HouseState, { orderIds, maxOrders = orderIds.length }: Planned) {
  const never = Number.MAX_SAFE_INTEGER;
  const placed = [...state.orders.keys()];
  const urgent = orderIds.toSorted((a, b) => {
    const [one, other] = [state.orders.get(a), state.orders.get(b)];
    return (
      (other?.priority ?? 0) - (one?.priority ?? 0) ||
      (one?.shipByMs ?? never) - (other?.shipByMs ?? never) ||
      placed.indexOf(a) - placed.indexOf(b)
    );
  });
  const found = urgent.map((id) => toPick(state, id));
  const chosen = found.filter((one) => typeof one !== "string").slice(0, maxOrders);
  return { chosen: chosen.flat(), reasons: found.filter((one) => typeof one === "string") };
}

const planWave = rule<Planned, { waveId: string; tasks: readonly Answered[] }>({
  refuses: (state, input) => {
    if (input.orderIds.some((id) => !state.orders.has(id))) return ["order-unknown"];
    const { chosen, reasons } = choose(state, input);
    return [chosen.length === 0 && (reasons[0] ?? "nothing-to-pick")];
  },
  does: (state, input, { answer: { waveId, tasks } }) => {
    const { chosen } = choose(state, input);
    // In which order they are picked, the walk says.
    const planned = tasks.map(({ orderId: order, line, lpn }): TaskState => {
      const source = chosen.find(isSame({ order, line, lpn, batch: null, qty: 1 }));
      if (!source) throw new Error(`The wave has a task too many: ${order}/${line} ${lpn}.`);
      return { ...source, state: "open", picker: null };
    });
    state.waves.set(waveId, { status: "planned", tasks: planned });
    return { tasks: { length: chosen.length } };
  },
});

interface Answered {
  readonly orderId: string;
  readonly line: number;
  readonly lpn: string | null;
}

function refusesWave(
  { waves }: HouseState,
  { waveId }: { readonly waveId: string },
  ...statuses: readonly string[]
): (string | false)[] {
  const wave = waves.get(waveId);
  if (!wave) return ["wave-unknown"];
  return [!statuses.includes(wave.status) && "wave-status-forbids"];
}

function waveOf({ waves }: HouseState, waveId: string) {
  const wave = waves.get(waveId);
  if (!wave) throw new Error(`There is no wave ${waveId}.`);
  return wave;
}

const open = (tasks: readonly TaskState[]) => tasks.filter(({ state }) => state === "open");

const leading: Readonly<Record<string, Rule>> = {
  "waves.planWave": planWave,
  "waves.releaseWave": rule<{ readonly waveId: string; readonly pickers: readonly string[] }>({
    refuses: (state, input) => refusesWave(state, input, "planned"),
    does: (state, { waveId, pickers }) => {
      const wave = waveOf(state, waveId);
      wave.status = "released";
      const tasks = open(wave.tasks);
      for (const [i, task] of tasks.entries()) {
        task.picker = pickers[Math.floor((i * pickers.length) / tasks.length)] ?? task.picker;
      }
      return { tasks: tasks.length };
    },
  }),
  "waves.assignTasks": rule<{ waveId: string; picker: string; tasks?: readonly number[] }>({
    refuses: (state, input) => {
      const known = state.waves.get(input.waveId)?.tasks ?? [];
      const asked = (input.tasks ?? []).map((task) => known[task - 1]);
      return [
        ...refusesWave(state, input, "planned", "released"),
        asked.includes(undefined) && "task-unknown",
        asked.some((task) => task !== undefined && task.state !== "open") && "task-ended",
      ];
    },
    does: (state, { waveId, picker, tasks }) => {
      const all = waveOf(state, waveId).tasks;
      const given = open(all).filter((task) => {
        return tasks ? tasks.includes(all.indexOf(task) + 1) : task.picker === null;
      });
      for (const task of given) task.picker = picker;
      return { picker };
    },
  }),
  "waves.cancelWave": rule<{ readonly waveId: string }>({
    refuses: (state, input) => refusesWave(state, input, "planned", "released"),
    does: (state, { waveId }) => {
      const wave = waveOf(state, waveId);
      const cancelled = open(wave.tasks);
      for (const task of cancelled) task.state = "cancelled";
      wave.status = "cancelled";
      return { cancelled: cancelled.length };
    },
  }),
};

function refusesTask(state: HouseState, { waveId, task }: OfTask, by: string): (string | false)[] {
  const wave = state.waves.get(waveId);
  if (!wave) return ["wave-unknown"];
  const of = wave.tasks[task - 1];
  if (!of) return ["task-unknown"];
  return [
    of.state !== "open" && "task-ended",
    wave.status !== "released" && "wave-status-forbids",
    of.picker !== null && of.picker !== by && "task-of-another",
  ];
}

function taskOf(state: HouseState, { waveId, task }: OfTask): TaskState {
  const of = waveOf(state, waveId).tasks[task - 1];
  if (!of) throw new Error(`There is no task ${task}.`);
  return of;
}

/** Where the stock says that a task's pieces lie. */
export function binOf(state: HouseState, { lpn, batch }: TaskState): string | null {
  const source = lpn === null ? state.batches.get(batch ?? "") : state.pieces.get(lpn);
  return source?.bin ?? null;
}

interface Scanned extends OfTask {
  readonly scannedBin?: string;
  readonly scannedLpn?: string;
  readonly scannedSku?: string;
  readonly qty?: number;
}

function refusesScan(state: HouseState, input: Scanned): (string | false)[] {
  const task = state.waves.get(input.waveId)?.tasks[input.task - 1];
  if (task?.state !== "open") return [];
  const { order, line, lpn, qty } = task;
  const { sku } = state.orders.get(order)?.lines[line - 1] ?? {};
  const bin = binOf(state, task);
  const isThis = lpn ? input.scannedLpn === lpn : input.scannedSku === sku && input.qty === qty;
  const isHere = input.scannedBin === undefined || input.scannedBin === bin;
  return [
    !(isThis && isHere) && "scan-differs",
    state.orders.get(order)?.held === true && "order-held",
    bin !== null && state.bins.get(bin)?.count === "counting" && "bin-being-counted",
  ];
}

const picking: Readonly<Record<string, Rule>> = {
  "waves.confirmPick": rule<Scanned>({
    refuses: (state, input, by) => [...refusesTask(state, input, by), ...refusesScan(state, input)],
    does: (state, input, { by }) => {
      const task = taskOf(state, input);
      Object.assign(task, { state: "picked", picker: by });
      const { order, line, lpn, batch, qty } = task;
      const picked = { status: "picked", bin: null, untilMs: null };
      if (lpn !== null) Object.assign(state.pieces.get(lpn) ?? {}, picked);
      else {
        const allocation = state.allocations.get(lineKey(order, line));
        const from = state.batches.get(batch ?? "");
        if (allocation) allocation.state = "picked";
        if (from) from.picked += qty;
      }
      const wave = waveOf(state, input.waveId);
      finishIfDone(wave);
      return { picker: by, waveDone: wave.status === "done" };
    },
  }),
  "waves.reportShortPick": rule<OfTask>({
    refuses: (state, input, by) => {
      const task = state.waves.get(input.waveId)?.tasks[input.task - 1];
      const bin = task?.lpn && task.state === "open" ? binOf(state, task) : null;
      return [
        ...refusesTask(state, input, by),
        bin !== null && state.bins.get(bin)?.count === "counting" && "bin-being-counted",
      ];
    },
    does: (state, input, { by }) => {
      const task = taskOf(state, input);
      const { order: orderId, line, lpn, batch } = task;
      askForCount(state, binOf(state, task));
      Object.assign(task, { state: "short", picker: by });
      finishIfDone(waveOf(state, input.waveId));
      const piece = lpn === null ? undefined : state.pieces.get(lpn);
      const allocation = state.allocations.get(lineKey(orderId, line));
      if (piece) Object.assign(piece, { order: null, line: null, untilMs: null }, missed(piece));
      else if (allocation) giveBack(state, allocation);
      tryFor(state, { orderId, line }, batch);
      return answerOf(state, { orderId, line });
    },
  }),
};

/** What is known of waves' commands. */
export const wavesRules = { ...leading, ...picking };
