import type { ClientBase } from "pg";
import type { ReadModel } from "./read-model.ts";
import { createStatements, dropStatements } from "./read-model-ddl.ts";
import { identifier, literal, type Schemas } from "./schemas.ts";

/**
 * Views through which the query role sees how fresh things are, and nothing else of the write side;
 * and the fence of a refresh, which says by an error why there is nothing to be done.
 */
function freshnessParts(schemas: Schemas): string[] {
  const write = identifier(schemas.write);
  const read = identifier(schemas.read);
  return [
    `create or replace function ${write}.take_group(wanted text, stale boolean, whole boolean)
     returns void language plpgsql as $$ begin
       perform from ${write}.refresh_group where name = wanted for update skip locked;
       if not found then
         raise exception 'another refresher has this group' using errcode = 'SV001';
       elsif exists (select from ${write}.read_model where refresh_group = wanted and not built)
         or (stale and whole) then
         raise exception 'this group takes the longer way' using errcode = 'SV003';
       elsif not stale then
         raise exception 'nothing is stale' using errcode = 'SV002';
       end if;
     end $$`,
    `create or replace view ${read}.refresh_group as
       select name, snapshot, as_of from ${write}.refresh_group`,
    `create or replace view ${read}.heartbeat as
       select max(heard_at) as heard_at from ${write}.refresher`,
    `grant select on ${read}.refresh_group, ${read}.heartbeat to ${identifier(schemas.queryRole)}`,
  ];
}

/**
 * Brings the database's read models to what the code declares: new ones are created, changed ones
 * made anew, and the refresher fills them. Run it inside a transaction. Answers the names it
 * touched.
 */
export async function installReadModels(
  client: ClientBase,
  schemas: Schemas,
  models: readonly ReadModel[],
): Promise<string[]> {
  const write = identifier(schemas.write);
  await client.query(`set local search_path = ${write}`);
  for (const statement of freshnessParts(schemas)) await client.query(statement);
  const { rows } = await client.query<{ name: string; hash: string; refresh_group: string }>(
    `select name, hash, refresh_group from ${write}.read_model`,
  );
  const installed = new Map(rows.map((row) => [row.name, row]));
  const changed = models.filter(({ name, hash, group }) => {
    const there = installed.get(name);
    return there?.hash !== hash || there.refresh_group !== group;
  });
  for (const model of changed) {
    for (const statement of dropStatements(model, schemas)) await client.query(statement);
    for (const statement of createStatements(model, schemas)) await client.query(statement);
    await client.query(
      `insert into ${write}.refresh_group (name) values (${literal(model.group)})
       on conflict do nothing`,
    );
    await client.query(
      `insert into ${write}.read_model (name, refresh_group, hash)
       values (${literal(model.name)}, ${literal(model.group)}, ${literal(model.hash)})
       on conflict (name) do update set refresh_group = excluded.refresh_group,
         hash = excluded.hash, built = false, installed_at = clock_timestamp()`,
    );
    // Nothing is in until the group's next refresh has filled what is new.
    await client.query(
      `update ${write}.refresh_group set snapshot = null where name = ${literal(model.group)}`,
    );
  }
  return changed.map(({ name }) => name);
}
