import type { PickListRow } from "@selvedge/sdk";
import type { FakeLine, FakeStock } from "./fake-stock.fixture.ts";

interface FakeTask {
  readonly task: number;
  readonly line: FakeLine;
  readonly lpn: string | null;
  readonly bin: string | null;
  readonly qty: number;
  picker: string | null;
}

/** For specs: waves, and what is on their lists. */
export class FakeWaves {
  readonly #stock: FakeStock;
  readonly #tasks = new Map<string, FakeTask[]>();
  readonly #inWaves = new Set<string>();

  constructor(stock: FakeStock) {
    this.#stock = stock;
  }

  /** Plans a wave of these orders, but for lines that are in one already. */
  plan(waveId: string, orderIds: readonly string[], ordersMax: number) {
    const chosen = orderIds.filter((orderId) => this.#toPick(orderId).length > 0);
    const orders = chosen.slice(0, ordersMax);
    const lines = orders.flatMap((orderId) => this.#toPick(orderId));
    for (const line of lines) this.#inWaves.add(keyOf(line));
    const tasks = lines.flatMap((line): Omit<FakeTask, "task">[] =>
      line.batch === null
        ? line.lpns.map((lpn) => ({ ...{ line, lpn, qty: 1, picker: null }, ...this.#where(lpn) }))
        : [{ line, lpn: null, bin: null, qty: line.qty, picker: null }],
    );
    const numbered = tasks.map((task, at): FakeTask => ({ ...task, task: at + 1 }));
    this.#tasks.set(waveId, numbered);
    const out = orderIds.filter((orderId) => !orders.includes(orderId));
    return {
      ...{ waveId, orders: orders.length },
      tasks: numbered.map(({ task, line: { orderId, line, sku }, bin, lpn, qty }) => ({
        ...{ task, orderId, line, bin, lpn, sku, qty },
      })),
      leftOut: out.map((orderId) => ({ orderId, reason: "wave-full" })),
    };
  }

  release(waveId: string, pickers: readonly string[]): void {
    const tasks = this.#of(waveId);
    for (const [at, task] of tasks.entries()) {
      task.picker = pickers[Math.floor((at * pickers.length) / tasks.length)] ?? null;
    }
  }

  assign(waveId: string, picker: string, numbers: readonly number[]): void {
    for (const task of this.#of(waveId)) if (numbers.includes(task.task)) task.picker = picker;
  }

  /** Nobody finds what a task is about; its line has something else, if there is anything. */
  miss(waveId: string, number: number): FakeLine {
    const task = this.#of(waveId)[number - 1];
    if (!task) throw new Error(`${waveId} has no task ${number}`);
    const { line, lpn } = task;
    const { batch } = line;
    this.#stock.letGo(line);
    if (lpn !== null) this.#stock.piece(lpn).bin = null;
    this.#inWaves.delete(keyOf(line));
    return this.#stock.allocate(line, batch);
  }

  /** What a picker's list shows. */
  rows = ({ waveId, picker }: { waveId: string; picker: string }) => {
    const theirs = this.#of(waveId).filter((task) => task.picker === picker);
    return listed(
      theirs.map(({ line: { orderId, line, sku, grade, batch }, ...task }) => ({
        ...{ waveId, orderId, line, sku, grade, batch, ...task },
      })),
    );
  };

  #where(lpn: string) {
    return { bin: this.#stock.piece(lpn).bin };
  }

  #toPick(orderId: string): FakeLine[] {
    const lines = this.#stock.linesOf(orderId);
    const isWhole = lines.every(({ batch, lpns }) => batch !== null || lpns.length > 0);
    return isWhole ? lines.filter((line) => !this.#inWaves.has(keyOf(line))) : [];
  }

  #of(waveId: string): FakeTask[] {
    return this.#tasks.get(waveId) ?? [];
  }
}

async function* listed(rows: Partial<PickListRow>[]): AsyncGenerator<Partial<PickListRow>> {
  yield* rows;
}

function keyOf({ orderId, line }: FakeLine): string {
  return `${orderId}/${line}`;
}
