/** Where pieces lie while the work is planned. */
export class Shelves {
  readonly #binOf = new Map<string, string>();

  put(lpn: string, bin: string): void {
    this.#binOf.set(lpn, bin);
  }

  take(lpn: string): void {
    this.#binOf.delete(lpn);
  }

  bin(lpn: string): string {
    return this.#binOf.get(lpn) ?? "";
  }

  in(bin: string): string[] {
    return [...this.#binOf].flatMap(([lpn, isIn]) => (isIn === bin ? [lpn] : [])).sort();
  }
}
