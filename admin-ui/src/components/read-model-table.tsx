import { useSyncExternalStore } from "react";
import { DEFINITIONS, type DefinitionName } from "../definitions.ts";
import type { LagReport, ReadModelLag } from "../lag-report.ts";
import { useRowWindow } from "../use-window.ts";
import { Hint } from "./hint.tsx";
import { COLUMN_COUNT, ReadModelRow } from "./read-model-row.tsx";
import { Room } from "./room.tsx";

interface Props {
  readonly report: LagReport;
  readonly readModels: readonly ReadModelLag[];
  readonly isLive: boolean;
}

const VIRTUAL_FROM = 60;
const USUAL_PX = 62;
const wide = matchMedia("(min-width: 1220px)");

/**
 * Every read model with its status and its lag; on a narrow screen each row is a card. Of many rows
 * only those on the screen are drawn; cards are few on a screen, and skipped by the browser.
 */
export function ReadModelTable({ report: { at }, readModels, isLive }: Props) {
  const isWide = useSyncExternalStore(onWide, () => wide.matches);
  const draw = (readModel: ReadModelLag) => ({ readModel, at, isLive });
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
      {isWide && readModels.length > VIRTUAL_FROM ? (
        <VirtualReadModels readModels={readModels} draw={draw} />
      ) : (
        readModels.map((one) => <ReadModelRow key={one.name} {...draw(one)} />)
      )}
    </table>
  );
}

interface VirtualProps {
  readonly readModels: readonly ReadModelLag[];
  readonly draw: (one: ReadModelLag) => { readModel: ReadModelLag; at: string; isLive: boolean };
}

function VirtualReadModels({ readModels, draw }: VirtualProps) {
  const { start, drawn, above, below, measure } = useRowWindow(
    readModels.length,
    USUAL_PX,
    (index) => readModels[index]?.name ?? index,
  );
  return (
    <>
      <tbody ref={start}>
        <Room height={above} columnCount={COLUMN_COUNT} />
      </tbody>
      {drawn.map(({ index, key }) => (
        <ReadModelRow
          key={key}
          {...draw(readModels[index] as ReadModelLag)}
          place={index}
          ref={measure}
        />
      ))}
      <tbody>
        <Room height={below} columnCount={COLUMN_COUNT} />
      </tbody>
    </>
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

function onWide(listener: () => void): () => void {
  wide.addEventListener("change", listener);
  return () => wide.removeEventListener("change", listener);
}
