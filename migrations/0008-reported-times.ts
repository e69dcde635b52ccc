import { Migration } from "@mikro-orm/migrations";

/** The times that carriers tell, beside the house's own, and by when a delivery was promised. */
export class ReportedTimes0008 extends Migration {
  override name = "0008-reported-times";

  override up(): void {
    this.addSql("alter table sales_order add column deliver_by timestamptz");
    this.addSql(
      `alter table shipment
         add column reported_handed_over_at timestamptz,
         add column reported_delivered_at timestamptz,
         add constraint shipment_reported_sequence
           check (reported_delivered_at >= reported_handed_over_at)`,
    );
  }
}
