/** All tables of the domain, with the journal and the log of commands. */
export const tables = [
  ...["journal", "command_log", "tenant_settings", "variant", "bin"],
  ...["inbound", "inbound_line", "garment", "sku_stock", "batch", "allocation"],
  ...["sales_order", "order_line", "pick_wave", "pick_task", "shipment", "parcel_item"],
];
