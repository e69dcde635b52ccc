import { useSyncExternalStore } from "react";
import type { DefinitionName } from "../definitions.ts";
import type { LagReport, ReadModelLag } from "../lag-report.ts";
import { useRowWindow } from "../use-window.ts";
import { COLUMN_COUNT, ReadModelRow } from "./read-model-row.tsx";
import { Room } from "./room.tsx";
import { Term } from "./term.tsx";

interface Props {
  readonly report: LagReport;
  readonly readModels: readonly ReadModelLag[];
  readonly isLive: boolean;
}

const VIRTUAL_FROM = 60;
const ROW_PX = 62;
const CARD_PX = 206;
const CARD_WIDTH_PX = 330;
const GAP_PX = 12;

/**
 * Every read model with its status and its lag; on a narrow screen each row is a card. Of many only
 * those near the screen are drawn.
 */
export function ReadModelTable({ report: { at }, readModels, isLive }: Props) {
  const cardsAcross = useSyncExternalStore(onResize, countCardsAcross);
  const isVirtual = readModels.length > VIRTUAL_FROM;
  const across = { gridTemplateColumns: `repeat(${cardsAcross || 1}, minmax(0, 1fr))` };
  const draw = (readModel: ReadModelLag) => ({ readModel, at, isLive });
  return (
    <table
      className="read-models"
      data-live={isLive}
      aria-label="Read models"
      style={isVirtual ? across : undefined}
    >
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
      {isVirtual ? (
        <VirtualReadModels
          key={cardsAcross}
          readModels={readModels}
          cardsAcross={cardsAcross}
          draw={draw}
        />
      ) : (
        readModels.map((one) => <ReadModelRow key={one.name} {...draw(one)} />)
      )}
    </table>
  );
}

interface VirtualProps {
  readonly readModels: readonly ReadModelLag[];
  /** How many cards stand beside each other; 0 where there are rows instead. */
  readonly cardsAcross: number;
  readonly draw: (one: ReadModelLag) => { readModel: ReadModelLag; at: string; isLive: boolean };
}

function VirtualReadModels({ readModels, cardsAcross, draw }: VirtualProps) {
  const across = Math.max(1, cardsAcross);
  const { start, drawn, above, below, measure } = useRowWindow(
    Math.ceil(readModels.length / across),
    cardsAcross === 0 ? { usualPx: ROW_PX } : { usualPx: CARD_PX, gapPx: GAP_PX },
    (index) => readModels[index * across]?.name ?? index,
  );
  return (
    <>
      <tbody ref={start} className="room">
        <Room height={above} columnCount={COLUMN_COUNT} />
      </tbody>
      {drawn.flatMap(({ index }) =>
        readModels
          .slice(index * across, (index + 1) * across)
          .map((one, place) => (
            <ReadModelRow
              key={one.name}
              {...draw(one)}
              place={index * across + place}
              measured={place === 0 ? { index, ref: measure } : undefined}
            />
          )),
      )}
      <tbody className="room">
        <Room height={below} columnCount={COLUMN_COUNT} />
      </tbody>
    </>
  );
}

/** As the style sheet has it: rows from 1,220 px on, below that cards of 330 px at least. */
function countCardsAcross(): number {
  if (innerWidth >= 1_220) return 0;
  const room = innerWidth - (innerWidth <= 560 ? 32 : 94);
  return Math.max(1, Math.floor((room + GAP_PX) / (CARD_WIDTH_PX + GAP_PX)));
}

function onResize(listener: () => void): () => void {
  addEventListener("resize", listener);
  return () => removeEventListener("resize", listener);
}

function ColumnHead(props: { readonly name: DefinitionName; readonly isNumber?: boolean }) {
  return (
    <th scope="col" className={props.isNumber ? "number" : undefined}>
      <Term name={props.name} />
    </th>
  );
}
