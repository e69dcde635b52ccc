import { canonicalJson } from "./json-schema.ts";
import { type SchemaDifference, schemaDifferences } from "./schema-differences.ts";
import type { ContractShape } from "./walk.ts";

/** What a contract means to callers of an earlier one, in sentences. */
export interface Compatibility {
  /** Whom it breaks, and how. */
  readonly breaks: readonly string[];
  /** What breaks nobody, and somebody may meet all the same. */
  readonly notes: readonly string[];
}

/** Compares a contract with that of an earlier version, which partners were given. */
export function compareContracts(
  version: string,
  was: readonly ContractShape[],
  is: readonly ContractShape[],
): Compatibility {
  const now = new Map(is.map((procedure) => [procedure.path, procedure]));
  const found = was.flatMap((before) => {
    const after = now.get(before.path);
    return after ? compareProcedures(before, after) : [gone(before)];
  });
  const said = found.map(({ words, note }) => ({ words: `${version} partners ${words}.`, note }));
  return {
    breaks: said.filter(({ note }) => !note).map(({ words }) => words),
    notes: said.filter(({ note }) => note).map(({ words }) => words),
  };
}

interface Finding {
  readonly words: string;
  readonly note?: boolean | undefined;
}

function gone({ path }: ContractShape): Finding {
  return { words: `calling ${path} would be told NOT_FOUND: it is gone` };
}

function compareProcedures(was: ContractShape, is: ContractShape): Finding[] {
  const { path } = was;
  const strange = is.refuses.filter((reason) => !was.refuses.includes(reason));
  return [
    ...(was.kind === is.kind && was.paged === is.paged
      ? []
      : [{ words: `calling ${path} would be answered otherwise: it is ${kindOf(is)} now` }]),
    ...(was.repeatable && !is.repeatable
      ? [{ words: `calling ${path} may have it done twice: it is not repeatable any more` }]
      : []),
    ...(was.scope === is.scope
      ? []
      : [
          {
            words: `with the scope ${was.scope} would be told FORBIDDEN by ${path}: it needs ${is.scope}`,
          },
        ]),
    ...factDifferences(was, is),
    ...schemaDifferences(was.input, is.input, "input").map((one) => ofInput(path, one)),
    ...schemaDifferences(was.output, is.output, "output").map((one) => ofOutput(path, one)),
    ...strange.map((reason) => ({
      words: `calling ${path} may be refused for a reason that is new to them: ${reason}`,
      note: true,
    })),
  ];
}

function kindOf({ kind, paged }: ContractShape): string {
  return `${kind === "operation" ? "an" : "a"} ${kind}${paged ? " with pages" : ""}`;
}

function factDifferences({ path, factsBy: was }: ContractShape, { factsBy: is }: ContractShape) {
  if (!was || canonicalJson(was.toSorted()) === canonicalJson(is?.toSorted())) return [];
  const now = is ? `its rows are named by ${is.join(", ")}` : "it is no basis of commands any more";
  return [{ words: `basing commands on ${path} would be refused: ${now}` }];
}

function ofInput(path: string, { at, why, leftOut, note }: SchemaDifference): Finding {
  const how = at ? ` ${leftOut ? "without" : "with"} \`${at}\`` : "";
  const effect = note ? "may wonder" : "would be refused";
  return { words: `calling ${path}${how} ${effect}: ${why}`, note };
}

function ofOutput(path: string, { at, why, note }: SchemaDifference): Finding {
  const what = at ? `\`${at}\` of ${path}` : `the answer of ${path}`;
  return { words: `reading ${what} would be misled: ${why}`, note };
}
