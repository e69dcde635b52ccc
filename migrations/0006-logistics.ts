import { Migration } from "@mikro-orm/migrations";

/** The warehouse around orders and stock: pieces, bins, inbounds, waves, shipments, settings. */
export class Logistics0006 extends Migration {
  override name = "0006-logistics";

  override up(): void {
    const all = [...settings, ...bins, ...inbound, ...garments, ...stock, ...orders, ...outbound];
    for (const statement of all) this.addSql(statement);
  }
}

const settings = [
  `create table tenant_settings (
     tenant text primary key, settings jsonb not null, version integer not null
   )`,
];

const bins = [
  // What lies in a bin is counted under its row's lock; its version counts events of the bin alone.
  `create table bin (
     tenant text not null, warehouse text not null, code text not null,
     zone text not null, pick_sequence integer not null,
     kind text not null check (kind in ('pick', 'reserve', 'quarantine', 'return', 'pack')),
     capacity integer not null check (capacity > 0),
     occupied integer not null default 0 check (occupied >= 0),
     count_state text not null default 'none' check (count_state in ('none', 'due', 'counting')),
     count_reason text, counting_by text, count_since timestamptz, counted_at timestamptz,
     version integer not null,
     primary key (tenant, warehouse, code),
     constraint bin_not_overfull check (occupied <= capacity)
   ) with (fillfactor = 80)`,
];

const inbound = [
  `create table inbound (
     tenant text not null, id uuid not null, source text not null, ref text not null,
     kind text not null check (kind in ('supplier', 'seller', 'return')),
     warehouse text not null, order_id uuid, return_reason text,
     eta timestamptz,
     status text not null check (status in ('announced', 'receiving', 'closed')),
     announced_at timestamptz not null, first_received_at timestamptz, closed_at timestamptz,
     version integer not null,
     primary key (tenant, id),
     constraint inbound_ref_key unique (tenant, source, ref)
   ) with (fillfactor = 80)`,
  `create index inbound_order on inbound (tenant, order_id) where order_id is not null`,
  `create table inbound_line (
     tenant text not null, inbound_id uuid not null, line integer not null,
     sku text not null, grade text, order_line integer,
     expected integer not null check (expected > 0),
     received integer not null default 0 check (received >= 0),
     discrepancy text,
     primary key (tenant, inbound_id, line)
   ) with (fillfactor = 80)`,
];

const garments = [
  `create table garment (
     tenant text not null, lpn text not null, warehouse text not null, sku text not null,
     owner text not null check (owner in ('own', 'consignor')), consignor text,
     grade text, grade_before text, defects jsonb not null default '[]',
     disposition text check (disposition in ('sell', 'donate', 'recycle', 'returnToOwner')),
     status text not null,
     bin text,
     order_id uuid, order_line integer, reserved_until timestamptz,
     inbound_id uuid not null, inbound_line integer not null,
     received_at timestamptz not null, graded_at timestamptz, stored_at timestamptz,
     moved_at timestamptz not null,
     version integer not null,
     primary key (tenant, lpn),
     constraint garment_reservation check ((order_id is null) = (order_line is null)),
     constraint garment_consignor check ((owner = 'consignor') = (consignor is not null))
   ) with (fillfactor = 80)`,
  // Which pieces of a variant are there to be sold, the longest stored first.
  `create index garment_stock on garment (tenant, warehouse, sku, grade, stored_at)`,
  `create index garment_order on garment (tenant, order_id, order_line)
     where order_id is not null`,
  `create index garment_bin on garment (tenant, warehouse, bin) where bin is not null`,
  `create index garment_inbound on garment (tenant, inbound_id, inbound_line)`,
  `create index garment_expiring on garment (tenant, reserved_until)
     where reserved_until is not null and status = 'reserved'`,
];

const stock = [
  `alter table batch
     add column bin text,
     add column inbound_id uuid, add column inbound_line integer,
     -- Pieces on their way from the bin to the door: still on hand, no longer in the bin.
     add column picked integer not null default 0,
     add constraint batch_picked check (picked between 0 and allocated)`,
  `create index batch_bin on batch (tenant, warehouse, bin) where bin is not null`,
  `create index batch_inbound on batch (tenant, inbound_id, inbound_line)
     where inbound_id is not null`,
  `alter table allocation
     add column state text not null default 'allocated'
       check (state in ('allocated', 'picked', 'shipped')),
     add column packed integer not null default 0,
     add column shipped integer not null default 0,
     add constraint allocation_packed check (packed between 0 and qty),
     add constraint allocation_shipped check (shipped between 0 and packed)`,
];

const orders = [
  `alter table sales_order
     add column held_at timestamptz, add column hold_reason text,
     add constraint sales_order_hold check ((held_at is null) = (hold_reason is null))`,
  `create index sales_order_open on sales_order (tenant, warehouse, ship_by)
     where status = 'open'`,
];

const outbound = [
  `create table pick_wave (
     tenant text not null, id uuid not null, warehouse text not null,
     carrier text, cut_off timestamptz,
     status text not null check (status in ('planned', 'released', 'done', 'cancelled')),
     planned_at timestamptz not null, released_at timestamptz, done_at timestamptz,
     open_tasks integer not null check (open_tasks >= 0),
     version integer not null,
     primary key (tenant, id)
   ) with (fillfactor = 80)`,
  `create table pick_task (
     tenant text not null, wave_id uuid not null, task integer not null,
     order_id uuid not null, line integer not null,
     warehouse text not null, sku text not null, grade text not null,
     lpn text, batch text, qty integer not null check (qty > 0),
     bin text, pick_sequence integer not null default 0,
     state text not null check (state in ('open', 'picked', 'short', 'cancelled')),
     picker text, reason text, ended_at timestamptz,
     primary key (tenant, wave_id, task),
     constraint pick_task_source check ((lpn is null) <> (batch is null))
   ) with (fillfactor = 80)`,
  // A line is picked from one batch or piece by piece: each source is in one open task at most.
  `create unique index pick_task_open_key
     on pick_task (tenant, order_id, line, coalesce(lpn, '')) where state = 'open'`,
  `create index pick_task_order on pick_task (tenant, order_id)`,
  `create index pick_task_lpn on pick_task (tenant, lpn) where lpn is not null`,

  `create table shipment (
     tenant text not null, id uuid not null, order_id uuid not null, warehouse text not null,
     carrier text, carrier_service text, carton text, weight_grams integer,
     tracking text, manifest text, cut_off timestamptz,
     status text not null
       check (status in ('packed', 'labelled', 'handedOver', 'delivered', 'lost', 'unpacked')),
     packed_at timestamptz not null, labelled_at timestamptz, handed_over_at timestamptz,
     ended_at timestamptz,
     version integer not null,
     primary key (tenant, id)
   ) with (fillfactor = 80)`,
  `create index shipment_order on shipment (tenant, order_id)`,
  `create unique index shipment_tracking_key on shipment (tenant, carrier, tracking)
     where tracking is not null`,
  `create table parcel_item (
     tenant text not null, shipment_id uuid not null, item integer not null,
     order_id uuid not null, line integer not null,
     sku text not null, grade text not null,
     lpn text, batch text, qty integer not null check (qty > 0),
     primary key (tenant, shipment_id, item),
     constraint parcel_item_source check ((lpn is null) <> (batch is null))
   )`,
  `create index parcel_item_order on parcel_item (tenant, order_id, line)`,
  `create index parcel_item_lpn on parcel_item (tenant, lpn) where lpn is not null`,
];
