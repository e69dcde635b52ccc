/** What the kernel needs of an aggregate: whose it is, which one, and how often it has changed. */
export interface Aggregate {
  tenant: string;
  /** Number of events recorded for this aggregate; 0 before the first. */
  version: number;
  /** Kind and identity under which its events stand in the journal. */
  journalKey(): { kind: string; id: string };
  /** Entities saved together with the aggregate, where it has any. */
  parts?(): object[];
  /** Parts that the aggregate has let go of; they are deleted with the next save. */
  gone?(): object[];
}

/** Something that happened to one aggregate: past tense, with the facts worth keeping. */
export interface DomainEvent<Data extends object = object> {
  readonly aggregate: Aggregate;
  readonly type: string;
  readonly data: Data;
}

/** Says that something happened to an aggregate; the unit of work gives it its version. */
export function happened<Data extends object>(
  aggregate: Aggregate,
  type: string,
  data: Data,
): DomainEvent<Data> {
  return { aggregate, type, data };
}
