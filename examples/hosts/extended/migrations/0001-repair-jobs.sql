create table repair_job (
  tenant text not null,
  id uuid not null,
  lpn text not null,
  seamstress text not null,
  work text not null,
  status text not null check (status in ('out', 'done')),
  result text,
  sent_at timestamptz not null,
  finished_at timestamptz,
  version integer not null,
  primary key (tenant, id)
);

-- A garment is with one seamstress at a time; a violation is the refusal "repair-open".
create unique index repair_job_open on repair_job (tenant, lpn) where status = 'out';

-- By which a change of a garment finds its repairs.
create index repair_job_garment on repair_job (tenant, lpn);
