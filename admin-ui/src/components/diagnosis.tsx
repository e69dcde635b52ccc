import { formatDuration, isKnown } from "../format.ts";
import type { Signs } from "../signs.ts";
import { useNews } from "../use-news.ts";
import { Quote } from "./quote.tsx";
import { Section } from "./section.tsx";

interface Props {
  readonly name: string;
  readonly signs: Signs;
}

/** Why a read model is late, in the order in which one would look. */
export function Diagnosis({ name, signs }: Props) {
  const news = useNews(
    ["operations.diagnosis", name],
    ({ operations }, options) => operations.diagnosis({ readModel: name }, options),
    // Of a lock or a forgotten transaction no report tells before something waits for it.
    { everyMs: 1_000, on: signs.state },
  );
  return (
    <Section
      title="What stands in its way"
      news={news}
      empty={{
        when: ({ findings }) => findings.length === 0,
        say:
          "Nothing: a refresher is heard, nothing is paused, nothing fails, no lock and no long " +
          "transaction is in the way.",
      }}
    >
      {({ findings }) => (
        <ol className="findings">
          {findings.map(({ cause, sentence, advice, forMs, detail }) => (
            <li key={cause}>
              <p className="finding">
                <b>{sentence}</b>
                {isKnown(forMs) && <span className="sub">for {formatDuration(forMs)}</span>}
              </p>
              <p className="detail">{advice}</p>
              {detail !== null &&
                (cause === "paused" ? (
                  <Quote text={detail} />
                ) : (
                  <pre className="told">{detail}</pre>
                ))}
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
