import { z } from "zod";
import { count, safeText, timestamp } from "../../../../kernel/primitives.ts";
import { readModel } from "../../../../kernel/read-model.ts";

/**
 * What graders got done, and how much of it held: a grading counts as regraded or reworked where
 * that came after it, whenever and by whomever, and before the next one.
 */
export const gradingBoard = readModel({
  doc: "Gradings by day, grader and category: how many, in which grades, and what came of them.",
  name: "grading_board",
  group: "grading",
  scope: "garments:read",
  key: ["tenant", "day", "grader", "category"],
  columns: {
    day: z.iso.date(),
    grader: safeText(500),
    category: safeText(200),
    pieces: count(),
    grades: z.record(z.string(), count()),
    reworked: count(),
    regraded: count(),
    first_graded_at: timestamp(),
    last_graded_at: timestamp(),
  },
  filterBy: ["day", "grader", "category"],
  maintain: "whole",
  freshWithinMs: 60_000,
  staleOn: ["journal", "variant"],
  sql: `
    with happened as (
      select tenant, id as lpn, version, type, data ->> 'sku' as sku, data ->> 'grade' as grade,
        actor, at,
        count(*) filter (where type = 'GarmentGraded')
          over (partition by tenant, id order by version) as grading
      from journal
      where kind = 'Garment' and type in ('GarmentGraded', 'GarmentRegraded', 'ReworkStarted')
    ), grading as (
      select tenant, lpn, grading,
        min(sku) filter (where type = 'GarmentGraded') as sku,
        min(grade) filter (where type = 'GarmentGraded') as grade,
        min(actor) filter (where type = 'GarmentGraded') as grader,
        min(at) filter (where type = 'GarmentGraded') as at,
        bool_or(type = 'ReworkStarted') as reworked,
        bool_or(type = 'GarmentRegraded') as regraded
      from happened
      where grading > 0
      group by tenant, lpn, grading
    ), counted as (
      select g.tenant, (g.at at time zone 'UTC')::date as day, g.grader,
        coalesce(v.category, '(none)') as category, g.grade, count(*)::int as pieces,
        count(*) filter (where g.reworked)::int as reworked,
        count(*) filter (where g.regraded)::int as regraded,
        min(g.at) as first_at, max(g.at) as last_at
      from grading as g
      left join variant as v on v.tenant = g.tenant and v.sku = g.sku
      group by 1, 2, 3, 4, 5
    )
    select tenant, day, grader, category, sum(pieces) as pieces,
      jsonb_object_agg(grade, pieces) as grades,
      sum(reworked) as reworked, sum(regraded) as regraded,
      min(first_at) as first_graded_at, max(last_at) as last_graded_at
    from counted
    group by tenant, day, grader, category`,
});
