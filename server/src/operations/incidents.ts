import { z } from "zod";
import type { Engine } from "../kernel/engine.ts";
import { operation } from "../kernel/procedure.ts";
import { camelCase, identifier, isoTime } from "../kernel/schemas.ts";
import { type LagReport, readLag } from "./lag.ts";
import { keyValues } from "./names.ts";
import { inWords } from "./sentence.ts";

const incidentsMax = 1_000;
const keysMax = 5;

/** What is wrong, the kinds that say the least of one read model first. */
const incidentKind = z.enum([
  "unknown",
  "paused",
  "failing",
  "held",
  "stalled",
  "drift",
  "verification-failed",
  "build-failed",
  "release-waiting",
]);

const incident = z.strictObject({
  kind: incidentKind,
  /** Which read models it concerns; none where it is all of them. */
  readModels: z.array(z.string()),
  group: z.string().nullable(),
  /** Since when; null where nobody knows. */
  since: z.string().nullable(),
  /** What is so, in words. */
  sentence: z.string(),
  /** What that means to whoever works with it, and what mends it. */
  meaning: z.string(),
  detail: z.string().nullable(),
  /** Some of the keys that it concerns. */
  keys: z.array(keyValues()).max(keysMax),
  /** The verification that found it. */
  verification: z.int().nullable(),
});

type Incident = z.infer<typeof incident>;

/** What is told of every incident, where it says nothing else. */
const nothing = { readModels: [], group: null, detail: null, keys: [], verification: null };

interface Group {
  readonly name: string;
  readonly pausedAt: string | null;
  readonly pausedBy: string | null;
  readonly pausedReason: string | null;
  readonly failingSince: string | null;
  readonly lastError: string | null;
}

interface OfReadModel {
  readonly name: string;
  readonly group: string;
  readonly since: string;
  readonly error: string | null;
  readonly count: number;
  readonly id: number;
  readonly keys: Incident["keys"];
}

interface Facts {
  readonly groups: readonly Group[];
  readonly held: readonly OfReadModel[];
  readonly drift: readonly OfReadModel[];
  readonly unverified: readonly OfReadModel[];
  readonly unbuilt: readonly OfReadModel[];
  readonly waiting: readonly OfReadModel[];
}

/** Operations ask what is wrong anywhere. */
export const incidents = operation
  .meta({
    scope: "operations:read",
    doc:
      "What is wrong with any read model now, the newest first: no refresher, pauses, errors, keys " +
      "set aside, what stands still, rows that verifications found to differ, and changed read models " +
      "that wait to be accepted.",
  })
  .input(z.strictObject({}).optional())
  .output(z.strictObject({ at: z.string(), incidents: z.array(incident).max(incidentsMax) }))
  .query(async ({ ctx: { engine, identity } }) => {
    const report = await readLag(engine, identity.tenant);
    const { rows } = await engine.operationsPool.query<Facts>(factsSql(engine));
    const [facts] = rows;
    if (!facts) throw new Error("The incidents were not answered.");
    const all = [...ofReport(report), ...ofGroups(facts, report), ...ofReadModels(facts)];
    all.sort((a, b) => newestFirst(a.since, b.since));
    return { at: report.at, incidents: all.slice(0, incidentsMax) };
  });

function newestFirst(one: string | null, other: string | null): number {
  if (one === other) return 0;
  return other === null || (one !== null && one < other) ? 1 : -1;
}

function ofReport({ at, readModels, refresherHeardAt }: LagReport): Incident[] {
  if (readModels.length > 0 && readModels.every(({ status }) => status === "unknown")) {
    return [
      {
        ...{ ...nothing, kind: "unknown", since: refresherHeardAt },
        sentence: "No refresher is heard, so nobody knows how far behind anything is.",
        meaning:
          "Screens go on showing what they last had. No change is lost. Start a process that " +
          "refreshes (`selvedge serve --roles refresh`), or restart the one that hangs.",
      },
    ];
  }
  return readModels
    .filter(({ status }) => status === "stalled")
    .map(({ name, group, lagMs }) => ({
      ...{ ...nothing, kind: "stalled", readModels: [name], group },
      since: new Date(Date.parse(at) - (lagMs ?? 0)).toISOString(),
      sentence: `${name} stands still: its oldest change waits for ${inWords(lagMs ?? 0)}.`,
      meaning:
        "A refresher is heard, but this does not move. Its page says what stands in its way.",
    }));
}

function ofGroups({ groups }: Facts, { readModels }: LagReport): Incident[] {
  return groups.flatMap((group): Incident[] => {
    const names = readModels.filter((one) => one.group === group.name).map(({ name }) => name);
    const of = { ...nothing, readModels: names, group: group.name };
    const paused: Incident = {
      ...{ ...of, kind: "paused", since: group.pausedAt, detail: group.pausedReason },
      sentence: `${group.pausedBy ?? "Somebody"} has paused the group ${group.name}.`,
      meaning: "What it shows gets older until it is resumed. Changes wait and none is lost.",
    };
    const failing: Incident = {
      ...{ ...of, kind: "failing", since: group.failingSince, detail: group.lastError },
      sentence: `The refresh of the group ${group.name} fails.`,
      meaning:
        "It is tried again by itself, at growing distances; until then what it shows gets older. " +
        "Read the error, mend what it names, and refresh now.",
    };
    return [
      ...(group.pausedAt === null ? [] : [paused]),
      ...(group.lastError === null ? [] : [failing]),
    ];
  });
}

function ofReadModels({ held, drift, unverified, unbuilt, waiting }: Facts): Incident[] {
  const told = (one: OfReadModel, kind: Incident["kind"]) => ({
    ...{ ...nothing, kind, readModels: [camelCase(one.name)], group: one.group },
    ...{ since: one.since, detail: one.error, keys: one.keys },
  });
  return [
    ...held.map((one) => ({
      ...told(one, "held"),
      sentence: `${one.count === 1 ? "A key" : `${one.count} keys`} of ${camelCase(one.name)} ${
        one.count === 1 ? "is" : "are"
      } set aside.`,
      meaning:
        "Their rows cannot be computed and stay as they were; all others go on. Mend the data " +
        "that the error names, then refresh now.",
    })),
    ...drift.map((one) => ({
      ...{ ...told(one, "drift"), verification: one.id },
      sentence: `${one.count === 1 ? "A row" : `${one.count} rows`} of ${camelCase(one.name)} ${
        one.count === 1 ? "is" : "are"
      } not what the books say.`,
      meaning:
        "A comparison with the write tables found it. Repair works out just these keys anew; if it " +
        "comes back, tell whoever wrote the read model.",
    })),
    ...unverified.map((one) => ({
      ...told(one, "verification-failed"),
      sentence: `${camelCase(one.name)} could not be compared with the write tables.`,
      meaning: "Nobody knows whether its rows are right. Verify it again once the cause is gone.",
    })),
    ...unbuilt.map((one) => ({
      ...told(one, "build-failed"),
      sentence: `The new copy of ${camelCase(one.name)} cannot be built.`,
      meaning: "The old one goes on being read. The build is tried again by itself.",
    })),
    ...waiting.map((one) => ({
      ...told(one, "release-waiting"),
      sentence: `A changed ${camelCase(one.name)} waits to be accepted.`,
      meaning:
        one.error === null
          ? "It would change what is read, so it does not take the place of the old one by itself. " +
            "See how they differ among the releases, and accept it there."
          : "Something stands in its way that will not go by itself, and the old one goes on being " +
            "read. Mend what the error names, and accept it among the releases.",
    })),
  ];
}

function factsSql({ schemas }: Engine): string {
  const write = identifier(schemas.write);
  const all = (rows: string) => `(select coalesce(json_agg(one), '[]') from (${rows}) as one)`;
  const differing = (of: string) => `${of}.missing + ${of}.extra + ${of}.different`;
  const current = `${write}.generation as g`;
  return `select ${all(`
      select name, ${isoTime("paused_at")} as "pausedAt", paused_by as "pausedBy",
        paused_reason as "pausedReason", ${isoTime("failing_since")} as "failingSince",
        last_error as "lastError"
      from ${write}.refresh_group where paused_at is not null or last_error is not null`)} as groups,
    ${all(`
      select g.name, g.refresh_group as "group", ${isoTime("min(h.since)")} as since, count(*)::int as count, 0 as id,
        (array_agg(h.error order by h.since))[1] as error,
        to_json((array_agg(h.key order by h.since))[:${keysMax}]) as keys
      from ${write}.held_key as h join ${current} on g.id = h.generation
      where g.state not in ('previous', 'waiting') group by g.name, g.refresh_group`)} as held,
    ${all(`
      select g.name, g.refresh_group as "group", d.* from ${current} cross join lateral (
        select v.id, ${isoTime("v.finished_at")} as since, (${differing("v")})::int as count,
          null as error, (select coalesce(jsonb_agg(k), '[]') from (
            select k from jsonb_array_elements(v.keys) as k limit ${keysMax}) as some_keys) as keys
        from ${write}.verification as v
        where v.read_model = g.name and v.generation = g.id and v.error is null
        and v.repaired_at is null and ${differing("v")} > 0
        and not exists (select from ${write}.verification as l
          where l.read_model = g.name and l.id > v.id and l.finished_at is not null
          and l.error is null and (l.sample is null or ${differing("l")} > 0))
        order by v.id desc limit 1) as d
      where g.state = 'current'`)} as drift,
    ${all(`
      select g.name, g.refresh_group as "group", v.*, 1 as count, '[]'::json as keys
      from ${current} cross join lateral (
        select id, ${isoTime("finished_at")} as since, error from ${write}.verification
        where read_model = g.name and finished_at is not null order by id desc limit 1) as v
      where g.state = 'current' and v.error is not null`)} as unverified,
    ${all(`
      select name, refresh_group as "group", ${isoTime("installed_at")} as since, error,
        1 as count, id, '[]'::json as keys
      from ${current} where state in ('building', 'filled', 'ready') and error is not null`)}
      as unbuilt,
    ${all(`
      select name, refresh_group as "group", ${isoTime("waiting_since")} as since, error,
        1 as count, id, '[]'::json as keys from ${current} where state = 'waiting'`)} as waiting`;
}
