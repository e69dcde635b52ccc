import { escapeComment, printKey } from "./print-type.ts";
import type { ContractProcedure } from "./walk.ts";

/** A procedure as a member of its module's interface. */
export function printMethod(procedure: ContractProcedure): string {
  const { path, kind, paged, input, refuses } = procedure;
  const method = procedureOf(path);
  const name = pascal(method);
  const optional = (input.required ?? []).length === 0 ? "?" : "";
  const given = `input${optional}: ${name}Input`;
  switch (kind) {
    case "command":
      return printCall("  ", method, given, "CommandOptions", printCommandCall(name, refuses));
    case "operation": {
      const answer = `Promise<${name}Data>`;
      if (!procedure.live) return printCall("  ", method, given, "CallOptions", answer);
      const told = `AsyncGenerator<${name}Data, void, undefined>`;
      return `${method}: {
    ${printCall("    ", "", given, "CallOptions", answer)}
    /**
     * The answer, and again whenever it has changed, for as long as you like: told by the server,
     * and asked for each second where nothing is told.
     */
    ${printCall("    ", "follow", given, "LiveOptions", told)}
  };`;
    }
    case "query": {
      const answer = `Promise<QueryResult<${name}Data>>`;
      if (procedure.feed) {
        const told = `${name}Data["events"][number]`;
        const asked = `input?: Omit<${name}Input, "limit">`;
        const followed = `AsyncGenerator<${told}, void, undefined>`;
        return `${method}: {
    ${printCall("    ", "", given, "QueryOptions", answer)}
    /**
     * Every event from there on, as it happens, for as long as you like; whatever is cut is taken
     * up again. Keep each one's \`position\` to go on from.
     */
    ${printCall("    ", "follow", asked, "FollowOptions", followed)}
  };`;
      }
      if (!paged) return printCall("  ", method, given, "QueryOptions", answer);
      const rows = `AsyncGenerator<${name}Row, void, undefined>`;
      return `${method}: {
    ${printCall("    ", "", given, "QueryOptions", answer)}
    /** All rows, page after page; the next page is asked for when it is needed. */
    ${printCall("    ", "rows", given, "QueryOptions", rows)}
  };`;
    }
  }
}

function printCommandCall(name: string, refuses: readonly string[]): string {
  return `CommandCall<${name}Data, ${refuses.length > 0 ? `${name}Refusal` : "never"}>`;
}

/** A call's signature, on one line where it fits. */
function printCall(
  indent: string,
  method: string,
  input: string,
  options: string,
  answer: string,
): string {
  const flat = `${method}(${input}, options?: ${options}): ${answer};`;
  if (indent.length + flat.length <= 96) return flat;
  return `${method}(
${indent}  ${input},
${indent}  options?: ${options},
${indent}): ${answer};`;
}

/** The comment above it: what it does, who may, why it may say no, and an input that works. */
export function printDoc(
  { path, doc, scope, deprecated, example, refuses }: ContractProcedure,
  indent: string,
): string {
  const lines = [
    ...wrap(escapeComment(doc ?? path), 90),
    ...(scope ? ["", `Needs the scope \`${scope}\`.`] : []),
    ...(refuses.length > 0
      ? ["", ...wrap(`Refuses: ${refuses.map((reason) => `\`${reason}\``).join(", ")}.`, 90)]
      : []),
    ...(deprecated ? ["", ...wrap(`@deprecated ${escapeComment(deprecated)}.`, 90)] : []),
    ...(example !== undefined
      ? ["", "@example", ...`await selvedge.${path}(${printValue(example)});`.split("\n")]
      : []),
  ];
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  const body = lines.map((line) => `${indent} * ${line.replaceAll("*/", "*\\/")}`.trimEnd());
  return `${indent}/**\n${body.join("\n")}\n${indent} */\n`;
}

/** A value as code, on one line where it fits. */
function printValue(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const array = Array.isArray(value);
  const inner = `${indent}  `;
  const parts = array
    ? value.map((one) => printValue(one, inner))
    : Object.entries(value).map(([key, one]) => `${printKey(key)}: ${printValue(one, inner)}`);
  if (parts.length === 0) return array ? "[]" : "{}";
  const flat = array ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
  if (flat.length + indent.length <= 70 && !flat.includes("\n")) return flat;
  const [open, close] = array ? ["[", "]"] : ["{", "}"];
  return `${open}\n${parts.map((part) => `${inner}${part},`).join("\n")}\n${indent}${close}`;
}

function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}

/** `bins` of `bins.emptyBin`. */
export function moduleOf(path: string): string {
  return path.slice(0, path.indexOf("."));
}

/** `emptyBin` of `bins.emptyBin`. */
export function procedureOf(path: string): string {
  return path.slice(path.indexOf(".") + 1);
}

/** `emptyBin` to `EmptyBin`. */
export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
