interface ErrorParts {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
}

/**
 * What the house says no to, in its own words with what it is about; undefined for what is no
 * refusal. The error may come from another copy of the SDK.
 */
export function refusalInWords(error: unknown): string | undefined {
  const { code, message, details }: ErrorParts =
    typeof error === "object" && error !== null ? error : {};
  if (typeof message !== "string") return undefined;
  if (code === "BAD_INPUT") return issuesOf(details) ?? message;
  if (code === "FORBIDDEN") return `You may not do this. ${message}`;
  if (code !== "REFUSED" && code !== "CONFLICT") return undefined;
  const facts = Object.entries(Object(details) as object).map(
    ([name, value]) => `${name}: ${[value].flat().map(asText).join(", ")}`,
  );
  return [message, ...facts].join(" ");
}

function issuesOf(details: unknown): string | undefined {
  const { issues }: { issues?: unknown } = Object(details);
  if (!Array.isArray(issues) || issues.length === 0) return undefined;
  const told = issues.map(({ path, message }) => [path, message].filter(Boolean).join(" "));
  return `This is not taken: ${told.join("; ")}.`;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
