import { describe, expect, test } from "vitest";
import { given } from "../../../../test/harness/given.ts";
import { aBatchTask, aReleasedWave, aTask, aWave, aWaveToPlan, ten } from "./pick-wave.fixture.ts";
import { PickWave } from "./pick-wave.ts";

const anna = { by: "anna", bin: "A-1", at: ten };
const annaAtBatch = { ...anna, bin: "A-2" };
const piece = { lpn: "L1" };
const ofBatch = { sku: "TEE", qty: 5 };

const donePicking = () => {
  const wave = aReleasedWave();
  wave.pick(1, piece, anna);
  wave.pick(2, ofBatch, annaAtBatch);
  return wave;
};
const cancelled = () => {
  const wave = aReleasedWave();
  wave.cancel("no carrier", ten);
  return wave;
};

describe("planning a wave", () => {
  test("happens once, and says for whom, until when and how much", () => {
    const { wave, planned } = PickWave.plan(aWaveToPlan, [aTask(), aBatchTask()], ten);
    expect(planned).toEqual({
      aggregate: wave,
      type: "WavePlanned",
      data: {
        ...{ warehouse: "main", carrier: "DHL", cutOff: "2026-03-02T17:00:00.000Z" },
        ...{ orders: 1, tasks: 2 },
      },
    });
    expect(wave).toMatchObject({ status: "planned", version: 0, openTasks: 2, plannedAt: ten });
    expect(wave.journalKey()).toEqual({ kind: "PickWave", id: aWaveToPlan.id });
  });

  test("numbers its tasks along the walk; what lies nobody knows where comes last", () => {
    const wave = aWave([
      aTask({ lpn: "lost", bin: null, pickSequence: 0 }),
      aTask({ lpn: "far", bin: "B-1", pickSequence: 300 }),
      aTask({ lpn: "near 2", bin: "A-1", pickSequence: 7 }),
      aTask({ lpn: "near 1", bin: "A-1", pickSequence: 7 }),
      aTask({ lpn: "beside", bin: "A-2", pickSequence: 7 }),
    ]);
    expect(wave.tasks.map(({ task, lpn }) => [task, lpn])).toEqual([
      [1, "near 1"],
      [2, "near 2"],
      [3, "beside"],
      [4, "far"],
      [5, "lost"],
    ]);
    expect(new Set(wave.parts()).size).toBe(5);
  });
});

describe("releasing a wave", () => {
  test("gives each picker a stretch of the walk", () => {
    const lpns = ["1", "2", "3", "4", "5"];
    const { events, it } = given(aWave(lpns.map((lpn) => aTask({ lpn }))))
      .when((wave) => wave.release(["anna", "ben"], ten))
      .thenHappened("WaveReleased");
    expect(events[0]?.data).toEqual({ pickers: ["anna", "ben"], tasks: 5 });
    expect(it).toMatchObject({ status: "released", releasedAt: ten });
    expect(it.tasks.map(({ picker }) => picker)).toEqual(["anna", "anna", "anna", "ben", "ben"]);
  });

  test("leaves tasks to whom they were given, where nobody is named", () => {
    const wave = aWave();
    wave.assign("cleo", [2]);
    const { it } = given(wave)
      .when((one) => one.release([], ten))
      .thenHappened("WaveReleased");
    expect(it.tasks.map(({ picker }) => picker)).toEqual([null, "cleo"]);
  });
});

describe("assigning tasks", () => {
  test.each([
    ["all that are nobody's", undefined, [1]],
    ["those that are named, another's too", [1, 2], [1, 2]],
    ["one", [2], [2]],
  ])("gives %s", (_, numbers, tasks) => {
    const wave = aWave();
    wave.assign("ben", [2]);
    const { events } = given(wave)
      .when((it) => it.assign("anna", numbers))
      .thenHappened("TasksAssigned");
    expect(events[0]?.data).toEqual({ picker: "anna", tasks });
  });

  test("twice is no news", () => {
    const wave = aWave();
    wave.assign("anna");
    for (const numbers of [undefined, [1, 2], [2]]) {
      given(wave)
        .when((it) => it.assign("anna", numbers))
        .thenNothing();
    }
  });
});

describe("picking", () => {
  test("ends a task; a task that was nobody's is the picker's", () => {
    const { events, it } = given(aReleasedWave())
      .when((wave) => wave.pick(1, { ...piece, bin: "A-1" }, anna))
      .thenHappened("LinePicked");
    expect(events[0]?.data).toEqual({
      ...{ task: 1, orderId: "o", line: 1, sku: "TEE", qty: 1, lpn: "L1", batch: null },
      ...{ bin: "A-1", picker: "anna" },
    });
    expect(it.tasks[0]).toMatchObject({ state: "picked", picker: "anna", endedAt: ten });
    expect(it).toMatchObject({ status: "released", openTasks: 1 });
  });

  test("of the last task ends the wave", () => {
    const wave = aReleasedWave("anna");
    wave.pick(1, piece, anna);
    const { it } = given(wave)
      .when((one) => one.pick(2, { ...ofBatch, bin: "A-2" }, annaAtBatch))
      .thenHappened("LinePicked", "WaveDone");
    expect(it).toMatchObject({ status: "done", openTasks: 0, doneAt: ten });
  });

  test.each([
    ["another piece", 1, { lpn: "L2" }, "A-1"],
    ["no piece", 1, {}, "A-1"],
    ["a SKU in place of the piece", 1, { sku: "TEE", qty: 1 }, "A-1"],
    ["the piece, out of another bin", 1, { ...piece, bin: "A-9" }, "A-1"],
    ["a bin for what has none", 1, { ...piece, bin: "A-1" }, null],
    ["another SKU", 2, { ...ofBatch, sku: "CAP" }, "A-2"],
    ["too few of a batch", 2, { ...ofBatch, qty: 4 }, "A-2"],
    ["a SKU and no number", 2, { sku: "TEE" }, "A-2"],
    ["a licence plate for a batch", 2, { lpn: "TEE" }, "A-2"],
    ["a batch out of another bin", 2, { ...ofBatch, bin: "A-1" }, "A-2"],
  ])("is refused where the scan is of %s", (_, task, scan, bin) => {
    given(aReleasedWave())
      .when((it) => it.pick(task, scan, { ...anna, bin }))
      .thenRefused("scan-differs");
  });
});

describe("a short pick", () => {
  test("ends a task with its reason, and the wave with the last", () => {
    const wave = aReleasedWave();
    wave.pick(2, ofBatch, annaAtBatch);
    const { events, it } = given(wave)
      .when((one) => one.miss(1, "bin is empty", anna))
      .thenHappened("LineShort", "WaveDone");
    expect(events[0]?.data).toMatchObject({ lpn: "L1", bin: "A-1", reason: "bin is empty" });
    expect(it.tasks[0]).toMatchObject({ state: "short", reason: "bin is empty", picker: "anna" });
  });
});

describe("cancelling", () => {
  test("some tasks leaves the wave to the others", () => {
    const wave = aReleasedWave();
    const [first, second] = wave.tasks;
    wave.tasks = second ? [second] : [];
    const { events, it } = given(wave)
      .when((one) => one.cancelTasks("order cancelled", ten))
      .thenHappened("TaskCancelled");
    expect(events[0]?.data).toMatchObject({ task: 2, line: 2, reason: "order cancelled" });
    expect(it).toMatchObject({ status: "released", openTasks: 1 });
    expect(first?.state).toBe("open");
  });

  test("the last tasks ends the wave, released or not", () => {
    for (const wave of [aWave(), aReleasedWave()]) {
      const { it } = given(wave)
        .when((one) => one.cancelTasks("order cancelled", ten))
        .thenHappened("TaskCancelled", "TaskCancelled", "WaveDone");
      expect(it).toMatchObject({ status: "done", openTasks: 0 });
    }
  });

  test("where nothing is open is no news", () => {
    for (const wave of [donePicking(), cancelled()]) {
      given(wave)
        .when((it) => it.cancelTasks("order cancelled", ten))
        .thenNothing();
    }
  });

  test("a wave ends its open tasks; what is picked stays picked", () => {
    const wave = aReleasedWave();
    wave.pick(1, piece, anna);
    const { events, it } = given(wave)
      .when((one) => one.cancel("no carrier", ten))
      .thenHappened("WaveCancelled");
    expect(events[0]?.data).toEqual({ reason: "no carrier", tasks: 1 });
    expect(it.tasks.map(({ state }) => state)).toEqual(["picked", "cancelled"]);
    expect(it).toMatchObject({ status: "cancelled", openTasks: 0 });
  });
});

type Act = (it: PickWave) => ReturnType<PickWave["pick"]> | ReturnType<PickWave["assign"]>;

const acts: Record<string, [act: Act, event: string]> = {
  release: [(it) => it.release([], ten), "WaveReleased"],
  assign: [(it) => it.assign("ben", [1]), "TasksAssigned"],
  pick: [(it) => it.pick(1, piece, anna), "LinePicked"],
  miss: [(it) => it.miss(1, "bin is empty", anna), "LineShort"],
  cancel: [(it) => it.cancel("no carrier", ten), "WaveCancelled"],
};
const statuses = { planned: aWave, released: aReleasedWave, done: donePicking, cancelled };

describe("where a wave is in its life decides what may be done", () => {
  test.each([
    ["planned", ["release", "assign", "cancel"]],
    ["released", ["assign", "pick", "miss", "cancel"]],
    ["done", []],
    ["cancelled", []],
  ] as const)("%s allows %o", (status, allowed: readonly string[]) => {
    for (const [name, [act, event]] of Object.entries(acts)) {
      const wave = statuses[status]();
      expect(wave.status).toBe(status);
      const then = given(wave).when(act);
      const ofTask = name === "pick" || name === "miss";
      if (allowed.includes(name)) then.thenHappened(event);
      else if (ofTask && wave.openTasks === 0) then.thenRefused("task-ended");
      else then.thenRefused("wave-status-forbids");
    }
  });
});

describe("a task that is not one's to end", () => {
  const picked = () => {
    const wave = aReleasedWave();
    wave.pick(1, piece, anna);
    return wave;
  };
  const short = () => {
    const wave = aReleasedWave();
    wave.miss(1, "bin is empty", anna);
    return wave;
  };
  const off = () => {
    const wave = aReleasedWave();
    const [first, second] = wave.tasks;
    wave.tasks = first ? [first] : [];
    wave.cancelTasks("order cancelled", ten);
    wave.tasks = first && second ? [first, second] : [];
    return wave;
  };

  test.each([
    ["is another's", () => aReleasedWave("ben"), 1, "task-of-another"],
    ["is not there", aReleasedWave, 3, "task-unknown"],
    ["is picked already", picked, 1, "task-ended"],
    ["is short already", short, 1, "task-ended"],
    ["is cancelled already", off, 1, "task-ended"],
  ])("%s", (_, wave, task, reason) => {
    given(wave())
      .when((it) => it.pick(task, piece, anna))
      .thenRefused(reason);
    given(wave())
      .when((it) => it.miss(task, "bin is empty", anna))
      .thenRefused(reason);
  });

  test.each([
    ["is not there", aReleasedWave, 3, "task-unknown"],
    ["is picked already", picked, 1, "task-ended"],
    ["is short already", short, 1, "task-ended"],
  ])("is not given to anybody where it %s", (_, wave, task, reason) => {
    given(wave())
      .when((it) => it.assign("ben", [task]))
      .thenRefused(reason);
  });
});
