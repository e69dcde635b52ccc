const slashed = (...columns: string[]) =>
  `(select string_agg(replace(replace(name, '%', '%25'), '/', '%2F'), '/' order by place)
    from unnest(array[${columns.join(", ")}]) with ordinality as names (name, place))`;

/**
 * Aggregates whose version is not the number of their events, or whose events have a gap, as SQL.
 */
export const gapsSql = `
  with aggregate as (
    select tenant, 'Variant' as kind, sku as id, version from selvedge.variant
    union all select tenant, 'Order', id::text, version from selvedge.sales_order
    union all select tenant, 'SkuStock', ${slashed("warehouse", "sku", "grade")}, version
      from selvedge.sku_stock
    union all select tenant, 'Bin', ${slashed("warehouse", "code")}, version from selvedge.bin
    union all select tenant, 'Garment', lpn, version from selvedge.garment
    union all select tenant, 'Inbound', id::text, version from selvedge.inbound
    union all select tenant, 'PickWave', id::text, version from selvedge.pick_wave
    union all select tenant, 'Shipment', id::text, version from selvedge.shipment
    union all select tenant, 'TenantSettings', tenant, version from selvedge.tenant_settings
  ), told as (
    select tenant, kind, id, min(version) as first, max(version) as last, count(*) as events
    from selvedge.journal group by tenant, kind, id
  )
  select * from aggregate full join told using (tenant, kind, id)
  where (first, last, events) is distinct from (1, version, version)`;
