import type { Life } from "../../server/src/kernel/life.ts";
import { garmentLife } from "../../server/src/modules/garments/garment-life.ts";
import { inboundLife } from "../../server/src/modules/inbound/inbound-life.ts";
import { shipmentLife } from "../../server/src/modules/shipments/shipment-life.ts";
import { waveLife } from "../../server/src/modules/waves/wave-life.ts";
import type { TestDatabase } from "../harness/database.ts";

/** What an event may have been to the life of its aggregate: one of these steps, or none. */
type Meanings = Readonly<Record<string, readonly (string | null)[]>>;

const garment: Meanings = {
  GarmentGraded: ["grade"],
  GarmentRegraded: [null, "unstore"],
  ReworkStarted: ["sendToRework"],
  ReworkCompleted: ["completeRework"],
  DispositionDecided: [null, "donate", "recycle", "returnToOwner"],
  GarmentStored: [null, "store"],
  GarmentMoved: [null, "unstore"],
  GarmentQuarantined: ["quarantine"],
  QuarantineReleased: ["releaseStored", "releaseGraded", "releaseUngraded"],
  GarmentMissing: ["miss"],
  GarmentFound: ["find", "findLoose", "findUngraded"],
  GarmentWrittenOff: ["writeOff", "lose"],
  PieceReserved: ["reserve"],
  ReservationReleased: ["release"],
  ReservationExpired: ["release"],
  GarmentPicked: ["pick"],
  GarmentUnpicked: ["unpick"],
  GarmentPacked: ["pack"],
  GarmentUnpacked: ["unpack"],
  GarmentShipped: ["ship"],
  GarmentReturned: ["comeBack"],
};

const inbound: Meanings = {
  PieceReceived: ["receive"],
  LotReceived: ["receive"],
  ReturnReceived: ["receive"],
  DiscrepancyFound: [null],
  InboundClosed: ["close"],
};

const wave: Meanings = {
  WaveReleased: ["release"],
  TasksAssigned: [null],
  LinePicked: [null],
  LineShort: [null],
  TaskCancelled: [null],
  WaveDone: ["finish"],
  WaveCancelled: ["cancel"],
};

const shipment: Meanings = {
  ParcelLabelled: ["label"],
  ParcelUnpacked: ["unpack"],
  ParcelHandedOver: ["handOver"],
  ParcelDelivered: ["deliver"],
  ParcelLost: ["lose"],
};

const lives: readonly { life: Life<string, string>; table: string; meanings: Meanings }[] = [
  { life: garmentLife as never, table: "garment", meanings: garment },
  { life: inboundLife as never, table: "inbound", meanings: inbound },
  { life: waveLife as never, table: "pick_wave", meanings: wave },
  { life: shipmentLife as never, table: "shipment", meanings: shipment },
];

/** Aggregates whose journal tells of a step that their life does not have, or of another end. */
export async function illegalLives({ query }: TestDatabase, tenant: string): Promise<string[]> {
  const found = await Promise.all(
    lives.map(async ({ life, table, meanings }) => {
      const id = table === "garment" ? "lpn" : "id::text";
      const rows = await query<{ id: string; status: string; types: string[] }>(
        `select id, status, types from (select ${id} as id, status from selvedge.${table}
           where tenant = $1) as kept
         left join (select id, array_agg(type order by version) as types from selvedge.journal
           where tenant = $1 and kind = $2 group by id) as told using (id)`,
        [tenant, life.of],
      );
      return rows.flatMap(({ id, status, types }) => {
        const may = follow(life, meanings, types ?? []);
        return may.has(status) ? [] : [`${life.of} ${id} is ${status}, told: ${types}`];
      });
    }),
  );
  return found.flat();
}

/** Where an aggregate may be after what its journal tells of it; nowhere if that is illegal. */
function follow(
  { begins, steps }: Life<string, string>,
  meanings: Meanings,
  [, ...types]: readonly string[],
): ReadonlySet<string> {
  let now = new Set([begins]);
  for (const type of types) {
    const meant = meanings[type] ?? [];
    const next = [...now].flatMap((status) =>
      meant.flatMap((verb) => {
        if (verb === null) return [status];
        const step = steps[verb];
        return step?.from.includes(status) ? [step.to] : [];
      }),
    );
    now = new Set(next);
  }
  return now;
}
