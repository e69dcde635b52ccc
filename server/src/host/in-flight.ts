/** Counts what is being answered, so that stopping can wait for it. */
export class InFlight {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  /** One more; call the answer once, when it is done. */
  begin(): () => void {
    this.#count += 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#count -= 1;
      if (this.#count > 0) return;
      for (const resolve of this.#waiting) resolve();
    };
  }

  /** Resolves when nothing is being answered, or when the time is up: then to false. */
  async idle(msMax: number): Promise<boolean> {
    if (this.#count === 0) return true;
    await new Promise<void>((resolve) => {
      const settle = () => {
        clearTimeout(late);
        this.#waiting.delete(settle);
        resolve();
      };
      const late = setTimeout(settle, msMax);
      this.#waiting.add(settle);
    });
    return this.#count === 0;
  }
}
