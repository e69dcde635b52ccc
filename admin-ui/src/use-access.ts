import { covers } from "./access.ts";
import { useNews } from "./use-news.ts";

/** Who looks at the page, and what they may do. */
export interface Access {
  readonly actor: string | null;
  may(scope: string): boolean;
}

/**
 * Asks who looks at the page. Nothing is offered before the answer; where the server does not say,
 * everything is, and the server decides when it is done.
 */
export function useAccess(): Access {
  const { answer, failure } = useNews(["operations.access"], ({ operations }, options) =>
    operations.access({}, options),
  );
  return {
    actor: answer?.actor ?? null,
    may: (scope) => (answer ? covers(answer.scopes, scope) : failure !== null),
  };
}
