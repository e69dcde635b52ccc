/** What a change's lag was made of; the three add up to it. Milliseconds. */
export interface Stages {
  /** From being noted, in the command's transaction, to a refresher hearing of it. */
  readonly toNoticedMs: number;
  /** From there to the start of the refresh that took it in. */
  readonly toStartedMs: number;
  /** From there to being visible. */
  readonly toVisibleMs: number;
}

/** A refresh by the database's clock, in ms since 1970. */
export interface RefreshSpan {
  /** When its transaction began. */
  readonly startedMs: number;
  /** When its rows were visible. */
  readonly visibleMs: number;
}

/** A refresh by the process's clock, until the database answers. */
export interface SentRefresh {
  readonly noticedAt: number;
  readonly sentAt: number;
}

/**
 * Tells the stages of one loop's refreshes, though what the loop hears is timed by the process's
 * clock and all else by the database's. Each refresh's own round trip bounds the offset between the
 * two: the database began no sooner than the refresh was sent, and was through no later than its
 * answer came. So the offset costs no round trip, and a clock that is set anew is followed at once.
 */
export class StageClock {
  readonly #now: () => number;
  #heardAt: number | undefined;
  #offsetMs: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A wake-up came; the first since the last refresh was sent is the one that counts. */
  heard(): void {
    this.#heardAt ??= this.#now();
  }

  /** A refresh is sent now. What no wake-up told of is noticed now, by looking. */
  sent(): SentRefresh {
    const sentAt = this.#now();
    const noticedAt = this.#heardAt ?? sentAt;
    this.#heardAt = undefined;
    return { noticedAt, sentAt };
  }

  /** The refresh did not come about: what was noticed goes on waiting. */
  undone({ noticedAt }: SentRefresh): void {
    this.#heardAt = noticedAt;
  }

  /** The loop ends with nothing left to do. */
  forget(): void {
    this.#heardAt = undefined;
  }

  /** Answers what tells the stages of a lag that ended with this refresh. Call it at once. */
  answered(sent: SentRefresh, span: RefreshSpan): (lagMs: number) => Stages {
    const low = span.visibleMs - this.#now();
    const high = span.startedMs - sent.sentAt;
    this.#offsetMs = clamp(this.#offsetMs ?? (low + high) / 2, low, high);
    const noticedMs = sent.noticedAt + this.#offsetMs;
    return (lagMs) => stagesOf(lagMs, noticedMs, span);
  }
}

/** A change may come in between a refresh's start and its snapshot; it then has only the end. */
function stagesOf(lagMs: number, noticedMs: number, { startedMs, visibleMs }: RefreshSpan): Stages {
  const notedMs = visibleMs - lagMs;
  const started = clamp(startedMs, notedMs, visibleMs);
  const noticed = clamp(noticedMs, notedMs, started);
  return {
    toNoticedMs: noticed - notedMs,
    toStartedMs: started - noticed,
    toVisibleMs: visibleMs - started,
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
