import { DEFINITIONS } from "../definitions.ts";
import { STATUSES } from "../status.ts";
import { StatusMark } from "./status-mark.tsx";

/** Every word of the page that needs an explanation, in one place. */
export function Glossary() {
  return (
    <details className="glossary">
      <summary>What these words mean</summary>
      <div className="glossary-columns">
        <dl>
          {Object.values(DEFINITIONS).map(({ term, meaning }) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <dl>
          {Object.values(STATUSES).map(({ label, tone, meaning }) => (
            <div key={label}>
              <dt>
                <StatusMark tone={tone} /> {label}
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
