import { DEFINITIONS, type DefinitionName } from "../definitions.ts";
import type { LagReport } from "../lag-report.ts";
import { Hint } from "./hint.tsx";
import { ReadModelRow } from "./read-model-row.tsx";

interface Props {
  readonly report: LagReport;
  readonly isLive: boolean;
}

/** Every read model with its status and its lag; on a narrow screen each row is a card. */
export function ReadModelTable({ report, isLive }: Props) {
  return (
    <table className="read-models" data-live={isLive} aria-label="Read models">
      <thead>
        <tr>
          <th scope="col">Read model</th>
          <th scope="col">Status</th>
          <ColumnHead name="lag" isNumber />
          <ColumnHead name="trend" />
          <ColumnHead name="pending" isNumber />
          <ColumnHead name="promise" isNumber />
          <ColumnHead name="p95" isNumber />
          <ColumnHead name="lastRefresh" isNumber />
          <ColumnHead name="rows" isNumber />
        </tr>
      </thead>
      {report.readModels.map((readModel, index) => (
        <ReadModelRow
          key={readModel.name}
          id={`rm-${index}`}
          readModel={readModel}
          at={report.at}
          isLive={isLive}
        />
      ))}
    </table>
  );
}

function ColumnHead(props: { readonly name: DefinitionName; readonly isNumber?: boolean }) {
  const { term, meaning } = DEFINITIONS[props.name];
  return (
    <th scope="col" className={props.isNumber ? "number" : undefined}>
      <Hint text={meaning}>{term}</Hint>
    </th>
  );
}
