import type { LagHistoryInput } from "@selvedge/sdk";

/** How far back a chart looks. */
export type Span = NonNullable<LagHistoryInput["span"]>;

/** The spans that can be chosen, the shortest first. */
export const SPANS: readonly Span[] = ["1h", "24h", "7d", "30d"];

/** A page of the menu. */
export interface MenuEntry {
  readonly href: string;
  readonly label: string;
  /** What it is of use with; whoever lacks it is not led there. */
  readonly scope?: string;
}

/** The pages of the menu, with their addresses behind the `#`. */
export const MENU: readonly MenuEntry[] = [
  { href: "/", label: "Overview" },
  { href: "/incidents", label: "Incidents" },
  { href: "/commands", label: "Commands", scope: "journal:read" },
  { href: "/journal", label: "Journal", scope: "journal:read" },
  { href: "/trace", label: "Trace" },
  { href: "/passport", label: "Passport", scope: "journal:read" },
  { href: "/jobs", label: "Jobs" },
  { href: "/releases", label: "Releases" },
  { href: "/partners", label: "Partners" },
  { href: "/settings", label: "Settings" },
  { href: "/log", label: "Log" },
];

/** The address of one read model's page. */
export function readModelPlace(name: string, span?: Span): string {
  return `/read-models/${encodeURIComponent(name)}${span ? `/${span}` : ""}`;
}

/** The address of the way of one command, by its id or its receipt. */
export function tracePlace(command: string): string {
  return `/trace/${encodeURIComponent(command)}`;
}

/** The address of one piece's life. */
export function passportPlace(lpn: string): string {
  return `/passport/${encodeURIComponent(lpn)}`;
}

/** The address of the life of one thing; a piece has its passport. */
export function thingPlace(kind: string, id: string): string {
  if (kind === "Garment") return passportPlace(id);
  return `/journal/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}

/** The address of one partner's page. */
export function partnerPlace(partner: string): string {
  return `/partners/${encodeURIComponent(partner)}`;
}

/** A key of a row, by its columns. */
export type RowKey = Readonly<Record<string, string | number | boolean | null>>;

/** The address of why a row says what it says; without a key, of where rows are found. */
export function whyPlace(name: string, key?: RowKey): string {
  const of = key === undefined ? "" : `/${encodeURIComponent(JSON.stringify(key))}`;
  return `/why/${encodeURIComponent(name)}${of}`;
}

/** The key that an address names, if it names one. */
export function keyOf(text = ""): RowKey | undefined {
  try {
    // Links from when keys were written twice over go on working; no key begins like that.
    const key: unknown = JSON.parse(text.startsWith("%") ? textIn(text) : text);
    return typeof key === "object" && key !== null ? (key as RowKey) : undefined;
  } catch {
    return undefined;
  }
}

/** The text that a segment of an address stands for; one that stands for none is taken as it is. */
export function textIn<Segment extends string | undefined>(segment: Segment): Segment | string {
  try {
    return segment && decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The span that an address names; the shortest where it names none. */
export function spanOf(text: string | undefined): Span {
  return SPANS.find((span) => span === text) ?? "1h";
}
