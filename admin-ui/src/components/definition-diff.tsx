import type { GenerationsData } from "@selvedge/sdk";
import { structuredPatch } from "diff";

type Definition = GenerationsData["generations"][number]["definition"];

interface Props {
  readonly before: Definition;
  readonly after: Definition;
}

/** How a declaration changed, line by line, with some of what stayed to find one's place by. */
export function DefinitionDiff({ before, after }: Props) {
  const texts = [textOf(before), textOf(after)] as const;
  const how = { context: 2, ignoreWhitespace: true };
  const { hunks } = structuredPatch("", "", ...texts, "", "", how);
  if (hunks.length === 0) {
    return <p className="detail">The declaration is the same; it was built anew.</p>;
  }
  return (
    <details className="definition">
      <summary>How the declaration changed</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so must the keyboard */}
      <pre tabIndex={0}>
        {hunks.map(({ oldStart, lines }) => (
          <span key={oldStart} className="hunk">
            {lines.map((line, at) => {
              const Line = line.startsWith("+") ? "ins" : line.startsWith("-") ? "del" : "span";
              // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its place
              return <Line key={at}>{`${line.slice(0, 1)} ${line.slice(1)}\n`}</Line>;
            })}
          </span>
        ))}
      </pre>
    </details>
  );
}

function textOf({ maintain, key, columns, freshWithinMs, sql }: Definition): string {
  return [
    `maintained ${maintain === "byKey" ? "by key" : maintain}, fresh within ${freshWithinMs} ms`,
    `key ${key.join(", ")}`,
    ...columns.map((column) => `column ${column}`),
    ...linesOf(sql),
    "",
  ].join("\n");
}

/** The lines of a query, without the margin that it has in the code. */
export function linesOf(sql: string): string[] {
  const lines = sql.replace(/^\n+|\s+$/g, "").split("\n");
  const inner = lines.slice(1).filter((line) => line.trim());
  const marginOf = (line: string) => line.search(/\S/);
  const margin = Math.min(...inner.map(marginOf));
  return lines.map((line) => line.slice(Math.min(margin, Math.max(0, marginOf(line)))));
}
