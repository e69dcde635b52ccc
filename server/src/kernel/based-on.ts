import { z } from "zod";
import { hasScope, type Identity } from "./context.ts";
import { Fault } from "./faults.ts";
import { timestamp } from "./primitives.ts";
import type { ReadModel } from "./read-model.ts";
import { camelCase, snakeCase } from "./schemas.ts";

/** What a command was decided on, as its caller says. */
export interface Decision {
  /** The instant of the answer that was acted on; undefined where it was not said. */
  readonly asOf: string | undefined;
  readonly facts: readonly Fact[];
}

/** What a caller had seen of one row of a read model. */
export interface Fact {
  readonly model: ReadModel;
  /** The row's key by the SDK's names, `tenant` left out. */
  readonly key: Readonly<Record<string, unknown>>;
  /** The columns relied on, by the SDK's names; null where there was no such row. */
  readonly columns: Readonly<Record<string, unknown>> | null;
}

/** The header that carries it: base64url of JSON, since headers carry no other letters. */
export const basedOnHeader = "selvedge-based-on";

// A header of this size passes the usual proxies.
const charsMax = 8_000;
const factsMax = 20;
const issuesMax = 10;

const name = () => z.string().max(60);
const told = z.strictObject({
  freshness: z.looseObject({ asOf: timestamp().nullable().optional() }).optional(),
  facts: z
    .array(
      z.strictObject({
        readModel: name(),
        key: z.record(name(), z.unknown()),
        columns: z.record(name(), z.unknown()).nullable(),
      }),
    )
    .max(factsMax),
});

type Told = z.infer<typeof told>["facts"][number];
type Issue = { readonly path: string; readonly message: string };

/**
 * Reads what a command was decided on. A fault where it cannot be read, where it names what there
 * is not, and where the caller may not read what it names.
 */
export function readDecision(
  text: string,
  readModels: readonly ReadModel[],
  identity: Identity,
): Decision {
  const { freshness, facts } = parse(text);
  const issues: Issue[] = [];
  const found = facts.flatMap((fact, i) => {
    const model = readModels.find((one) => camelCase(one.name) === fact.readModel);
    const wrong = issuesOf(fact, model);
    issues.push(...wrong.map(({ path, message }) => ({ path: `facts.${i}.${path}`, message })));
    return model && wrong.length === 0 ? [{ model, key: fact.key, columns: fact.columns }] : [];
  });
  if (issues.length > 0) throw unreadable(issues);
  const hidden = found.find(({ model }) => !hasScope(identity, model.scope));
  if (hidden) throw new Fault("FORBIDDEN", `This needs the scope ${hidden.model.scope}.`);
  return { asOf: freshness?.asOf ?? undefined, facts: found };
}

/** Writes a decision as the header carries it; what is wrong with it is said when it is read. */
export function writeDecision(decided: {
  readonly freshness?: { readonly asOf: string | null } | undefined;
  readonly facts: readonly object[];
}): string {
  const { freshness, facts } = decided;
  const { asOf } = freshness ?? {};
  return Buffer.from(JSON.stringify({ ...(freshness && { freshness: { asOf } }), facts })).toString(
    "base64url",
  );
}

function parse(text: string): z.infer<typeof told> {
  if (text.length > charsMax) {
    throw unreadable([{ path: "", message: `is longer than ${charsMax} characters` }]);
  }
  const read = told.safeParse(decode(text));
  if (read.success) return read.data;
  throw unreadable(
    read.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message })),
  );
}

function decode(text: string): unknown {
  try {
    if (!/^[\w-]+$/.test(text)) throw new Error("not base64url");
    const bytes = Buffer.from(text, "base64url");
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw unreadable([{ path: "", message: "is not JSON in base64url" }], cause);
  }
}

function issuesOf({ key, columns }: Told, model: ReadModel | undefined): Issue[] {
  if (!model) return [{ path: "readModel", message: "is not a read model" }];
  if (model.maintain === "whole") {
    return [{ path: "readModel", message: "is kept as a whole: its rows cannot be checked alone" }];
  }
  const names = model.key.slice(1).map(camelCase);
  const missing = names.filter((one) => !Object.hasOwn(key, one));
  const foreign = Object.keys(key).filter((one) => !names.includes(one));
  return [
    ...missing.map((one) => ({ path: `key.${one}`, message: "is missing" })),
    ...foreign.map((one) => ({ path: `key.${one}`, message: "is not of its key" })),
    ...valueIssues("key", key, model),
    ...valueIssues("columns", columns ?? {}, model),
  ];
}

function valueIssues(part: string, values: Record<string, unknown>, model: ReadModel): Issue[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const column = snakeCase(name);
    const path = `${part}.${name}`;
    // `on_hand` is the SQL's name, not the one that callers know.
    const known = Object.hasOwn(model.columns, column) && camelCase(column) === name;
    if (!known) return [{ path, message: "is not one of its columns" }];
    const fits = model.columns[column]?.safeParse(value).success;
    return fits ? [] : [{ path, message: "is not a value that this column can have" }];
  });
}

function unreadable(issues: readonly Issue[], cause?: unknown): Fault {
  return new Fault("BAD_INPUT", "What the command is based on is not valid.", {
    details: {
      issues: issues.slice(0, issuesMax).map(({ path, message }) => ({
        path: [basedOnHeader, path].filter(Boolean).join(".").slice(0, 200),
        message: message.slice(0, 200),
      })),
    },
    hint: "Send base64url of JSON: { facts: [{ readModel, key, columns }] }, as queries answer them.",
    cause,
  });
}
