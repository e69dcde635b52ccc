import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { seededRandom } from "../../server/src/sample-day/seeded-random.ts";
import { gapsSql } from "../harness/gaps.ts";
import { asked, rules, wishes } from "./commands.ts";
import { type Ask, commandMetas, type Desk, lead, type Outcome } from "./desk.ts";
import { type HouseState, occupiedOf, unlike } from "./house-state.ts";
import { brokenLaws } from "./invariants.ts";
import { illegalLives } from "./lives.ts";
import { type Books, readBooks } from "./read-state.ts";
import type { Step } from "./steps.ts";
import { unversioned } from "./unversioned.ts";

/** What somebody asks of a house as it is, and who it is. */
export interface Asked extends Ask {
  readonly by: string;
}

const triesMax = 5;
const people = [lead, lead, "ann", "ben"] as const;

/** Finds something to ask of a house: as a step wishes, or the next thing that is legal. */
export function wishFor(state: HouseState, { command, seed, wild }: Step): Asked {
  let found: Asked | undefined;
  const others = seededRandom(seed);
  for (let i = 0; i < asked.length; i += 1) {
    const path = i === 0 ? command : (asked[others.int(0, asked.length - 1)] ?? "");
    for (let tries = 0; tries < triesMax; tries += 1) {
      const random = seededRandom(seed + i * 100 + tries);
      const by = random.pick(people);
      const input = JSON.parse(JSON.stringify(wishes[path]?.(state, random) ?? {}));
      found = { path, input, by };
      if (wild || rules[path]?.refuses(state, input as never, by).length === 0) return found;
    }
  }
  if (!found) throw new Error("There is nothing to ask for.");
  return found;
}

/** A house in which a model is played beside the tables, step by step. */
export class Play {
  readonly tenant: string;
  readonly #desk: Desk;
  readonly #model: HouseState;
  readonly #told: string[] = [];
  readonly #accepted: { ask: Asked; commandId: string; outcome: Outcome }[] = [];
  #books: Books;

  private constructor(desk: Desk, tenant: string, books: Books) {
    this.#desk = desk;
    this.tenant = tenant;
    this.#books = books;
    this.#model = structuredClone(books.state);
  }

  /** Begins with what a tenant has. */
  static async begin(desk: Desk, tenant: string): Promise<Play> {
    return new Play(desk, tenant, await readBooks(desk.database, tenant));
  }

  /** Plays one step, and throws where the house does not do what the model does. */
  async step(step: Step): Promise<void> {
    const ask = wishFor(this.#model, step);
    const commandId = randomUUID();
    try {
      const outcome = await this.#send(ask, commandId);
      this.#told.push(`${ask.by}: ${ask.path} ${JSON.stringify(ask.input)} -> ${tell(outcome)}`);
      const books = await readBooks(this.#desk.database, this.tenant);
      this.#compare(ask, outcome, books);
      if (outcome.ok) this.#accepted.push({ ask, commandId, outcome });
      if (step.again) await this.#sendAgain(ask, commandId, outcome, books);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new Error(`${words}\n\n${this.#told.join("\n")}\n${JSON.stringify(ask)}`);
    }
  }

  /** Throws where a law of the house is broken. */
  async checkLaws(): Promise<void> {
    const broken = await lawsBrokenIn(this.#desk, this.tenant);
    if (broken.length === 0) return;
    throw new Error(`${broken.join("\n")}\n\n${this.#told.join("\n")}`);
  }

  #send({ by, ...ask }: Asked, commandId: string): Promise<Outcome> {
    return this.#desk.send(ask, { tenant: this.tenant, actor: by, commandId });
  }

  #compare({ path, input, by }: Asked, outcome: Outcome, books: Books): void {
    const rule = rules[path];
    if (!rule) throw new Error(`The model does not know ${path}.`);
    const noes = rule.refuses(this.#model, input as never, by);
    if (outcome.ok) {
      expect(noes, "it was accepted").toEqual([]);
      const told = { by, answer: outcome.data as never };
      const answer = rule.does(this.#model, input as never, told);
      if (answer) expect(inOrder(outcome.data)).toMatchObject(inOrder(answer));
    } else {
      expect(noes, "it was refused").toContain(outcome.reason);
      expect(commandMetas.get(path)?.refuses, "it says for which reasons").toContain(
        outcome.reason,
      );
      expect(books.digest, "what is refused changes nothing").toBe(this.#books.digest);
    }
    for (const [code, bin] of this.#model.bins) bin.occupied = occupiedOf(this.#model, code);
    const differing = unlike(this.#model, books.state);
    if (differing.length > 0) throw new Error(differing.join("\n"));
    expect(unversioned(this.#books, books), "changed without a version").toEqual([]);
    this.#books = books;
  }

  /** Under its id it answers as it did, and so does another one under that of long ago. */
  async #sendAgain(ask: Asked, commandId: string, outcome: Outcome, books: Books): Promise<void> {
    const expected = outcome.ok ? { ...outcome, repeated: true } : outcome;
    expect(await this.#send(ask, commandId), "it was sent again").toEqual(expected);
    const [first] = this.#accepted;
    if (first) {
      const repeated = { ...first.outcome, repeated: true };
      expect(await this.#send(first.ask, first.commandId), "of long ago").toEqual(repeated);
      const reused = { ok: false, reason: "COMMAND_ID_REUSED" };
      const other = { ...first.ask, path: "garments.expireReservations", input: { limit: 9 } };
      expect(await this.#send(other, first.commandId), "under its id").toEqual(reused);
    }
    const { digest } = await readBooks(this.#desk.database, this.tenant);
    expect(digest, "what is sent again changes nothing").toBe(books.digest);
  }
}

/** Which laws are broken in a tenant's house. */
export async function lawsBrokenIn({ database }: Desk, tenant: string): Promise<string[]> {
  const gaps = await database.query(
    `select kind, id, version, first, last, events from (${gapsSql}) as gaps where tenant = $1`,
    [tenant],
  );
  const whole = gaps.map((gap) => `one row of the journal a version: ${JSON.stringify(gap)}`);
  const broken = await brokenLaws(database, tenant);
  return [...broken, ...whole, ...(await illegalLives(database, tenant))];
}

/** In which order plates are told says nothing. */
function inOrder<Told>(told: Told): Told {
  const sorted = (name: string, value: unknown) =>
    name === "lpns" ? [value].flat().sort() : value;
  return JSON.parse(JSON.stringify(told, sorted));
}

function tell(outcome: Outcome): string {
  return outcome.ok ? JSON.stringify(outcome.data) : `refused: ${outcome.reason}`;
}
