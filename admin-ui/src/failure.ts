/** Why there is no news from the server. */
export interface Failure {
  /**
   * `refused`: the caller may not know; `silent`: no answer came; `told`: an answer without news.
   */
  readonly kind: "refused" | "silent" | "told";
  readonly title: string;
  readonly advice: string;
  /** What the server said and advised itself, with the number under which its log has it. */
  readonly detail: string | null;
}

/** What the page reads of an error of the SDK, which may come from another copy of it. */
interface ErrorParts {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly hint?: unknown;
  readonly requestId?: unknown;
}

/** Says in plain words what went wrong and what to do about it. */
export function explainFailure(error: unknown): Failure {
  const parts: ErrorParts = typeof error === "object" && error !== null ? error : {};
  switch (parts.code) {
    case "UNAUTHENTICATED":
      return {
        kind: "refused",
        title: "The server does not know who you are",
        advice:
          "Sign in to the platform that Selvedge runs in and reload this page, or give an API " +
          "key with the scope operations:read. Whoever runs Selvedge makes one with: selvedge keys create",
        detail: detailOf(parts),
      };
    case "FORBIDDEN":
      return {
        kind: "refused",
        title: "You may not see this page",
        advice:
          "The server knows you, but you lack the scope operations:read. Ask whoever runs Selvedge for " +
          "it, or give an API key that has it.",
        detail: detailOf(parts),
      };
    case "NETWORK":
    case "TIMEOUT":
    case "ABORTED":
    case undefined:
      return {
        kind: "silent",
        title: "The server does not answer",
        advice: "Check that it runs and that this computer reaches it.",
        detail: null,
      };
    case "NOT_FOUND":
      return {
        kind: "told",
        title: "The server does not know how to report lag",
        advice: "This page and the server are of different versions. Reload the page.",
        detail: detailOf(parts),
      };
    default:
      return {
        kind: "told",
        title: "The server answers, but cannot say how fresh its data is",
        advice: "Look at its log, and whether its database runs.",
        detail: detailOf(parts),
      };
  }
}

function detailOf({ message, hint, requestId }: ErrorParts): string | null {
  const request = typeof requestId === "string" ? `request ${requestId}` : null;
  const parts = [message, hint, request].filter(
    (part): part is string => typeof part === "string" && part !== "",
  );
  return parts.length === 0 ? null : parts.join(" · ");
}
