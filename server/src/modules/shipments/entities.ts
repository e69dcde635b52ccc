import { ParcelItem } from "./parcel-item.ts";
import { Shipment } from "./shipment.ts";

/** What shipments store. */
export const entities = [Shipment, ParcelItem];
