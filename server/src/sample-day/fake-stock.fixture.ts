/** A line of a fake order, with what it has. */
export interface FakeLine {
  readonly orderId: string;
  readonly line: number;
  readonly sku: string;
  readonly grade: string;
  readonly qty: number;
  batch: string | null;
  lpns: string[];
  isGone?: boolean;
}

interface FakeBatch {
  readonly ref: string;
  readonly sku: string;
  readonly grade: string;
  isHere: boolean;
  qty: number;
}

interface FakePiece {
  readonly lpn: string;
  readonly sku: string;
  grade: string;
  bin: string | null;
  line: FakeLine | null;
}

/** For specs: batches and single pieces, and the lines that have them. */
export class FakeStock {
  readonly batches = new Map<string, FakeBatch>();
  readonly pieces = new Map<string, FakePiece>();
  readonly lines = new Map<string, FakeLine>();

  add(ref: string, facts: Omit<FakeBatch, "ref">): void {
    this.batches.set(ref, { ref, ...facts });
  }

  take(lpn: string, sku: string): void {
    this.pieces.set(lpn, { lpn, sku, grade: "", bin: null, line: null });
  }

  piece(lpn: string): FakePiece {
    const piece = this.pieces.get(lpn);
    if (!piece) throw new Error(`nobody has received ${lpn}`);
    return piece;
  }

  line(orderId: string, line: number): FakeLine {
    const found = this.lines.get(`${orderId}/${line}`);
    if (!found) throw new Error(`there is no line ${line} of ${orderId}`);
    return found;
  }

  linesOf(orderId: string): FakeLine[] {
    return [...this.lines.values()].filter((one) => one.orderId === orderId);
  }

  /** Takes an order's line in and gives it what there is, if that is enough. */
  order(line: FakeLine): FakeLine {
    this.lines.set(`${line.orderId}/${line.line}`, line);
    return this.allocate(line);
  }

  allocate(line: FakeLine, except: string | null = null): FakeLine {
    if (line.batch !== null || line.lpns.length > 0) return line;
    const isLike = ({ sku, grade }: { sku: string; grade: string }) =>
      sku === line.sku && grade === line.grade;
    const batch = [...this.batches.values()].find(
      (one) => isLike(one) && one.isHere && one.ref !== except && this.left(one) >= line.qty,
    );
    line.batch = batch?.ref ?? null;
    if (batch) return line;
    const free = [...this.pieces.values()].filter(
      (one) => isLike(one) && one.bin !== null && one.line === null,
    );
    if (free.length >= line.qty)
      for (const { lpn } of free.slice(0, line.qty)) this.keep(lpn, line);
    return line;
  }

  keep(lpn: string, line: FakeLine): void {
    this.piece(lpn).line = line;
    line.lpns.push(lpn);
  }

  letGo(line: FakeLine): void {
    for (const lpn of line.lpns) this.piece(lpn).line = null;
    Object.assign(line, { batch: null, lpns: [] });
  }

  /** A line's pieces leave the house. */
  ship(line: FakeLine): void {
    line.isGone = true;
  }

  /** So many pieces of a batch are promised to nobody. */
  left({ ref, qty }: FakeBatch): number {
    const taken = [...this.lines.values()].filter(({ batch }) => batch === ref);
    return qty - taken.reduce((sum, line) => sum + line.qty, 0);
  }
}
