import { pascal, procedureOf } from "./print-method.ts";
import type { ContractProcedure } from "./walk.ts";

const tables = [
  ["query", "Queries", "Every query by its path: what it takes and answers, and a page's row."],
  ["operation", "Operations", "Every operation by its path: what it takes and what it answers."],
] as const;

/** Prints the types of queries and operations by their paths, for what handles any alike. */
export function printPaths(contract: readonly ContractProcedure[], base?: string): string {
  return tables
    .map(([kind, name, doc]) => {
      const extending = base ? ` extends ${base}${name}` : "";
      const lines = contract.filter((one) => one.kind === kind).map(printLine);
      return `/** ${doc} */\nexport interface ${name}${extending} {\n${lines.join("")}}`;
    })
    .join("\n\n");
}

function printLine({ path, paged }: ContractProcedure): string {
  const name = pascal(procedureOf(path));
  const row = paged ? `; row: ${name}Row` : "";
  return `  "${path}": { input: ${name}Input; data: ${name}Data${row} };\n`;
}
