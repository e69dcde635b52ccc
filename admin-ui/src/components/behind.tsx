import { behindWords } from "../behind-words.ts";
import { useNews } from "../use-news.ts";

interface Props {
  readonly name: string;
  /** Asks again as soon as this changes. */
  readonly on?: string;
}

/** What a lag means to the house: so many orders, and by when they have to leave. */
export function Behind({ name, on }: Props) {
  const { answer } = useNews(
    ["operations.behind", name],
    ({ operations }, options) => operations.behind({ readModel: name }, options),
    { everyMs: 5_000, ...(on !== undefined && { on }) },
  );
  const words = answer ? behindWords(answer) : "";
  if (words === "") return null;
  return (
    <p className="detail behind">
      Not shown yet: changes of <b>{words}</b>.
    </p>
  );
}
