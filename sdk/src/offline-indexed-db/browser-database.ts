/*
 * What is used of IndexedDB. Its own types come with those of a whole browser, which the rest of
 * the SDK must not be able to name, since it runs elsewhere too.
 */

/** A request that the browser's database answers later. */
export interface Asked<T> {
  readonly result: T;
  readonly error: Error | null;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

/** The browser's database. */
export interface Database {
  createObjectStore(name: string, options: { keyPath: string; autoIncrement: boolean }): Rows;
  transaction(store: string, mode?: string, options?: { durability: string }): Transaction;
  onversionchange: (() => void) | null;
  onclose: (() => void) | null;
  close(): void;
}

/** What is done in it all or not at all. */
export interface Transaction {
  readonly error: Error | null;
  objectStore(name: string): Rows;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  abort(): void;
}

/** The rows of one of its stores. */
export interface Rows {
  add(row: object): Asked<unknown>;
  put(row: object): Asked<unknown>;
  delete(key: number): Asked<unknown>;
  getAll(): Asked<unknown[]>;
  createIndex(name: string, column: string, options?: { unique: boolean }): unknown;
  index(name: string): {
    get(key: string): Asked<unknown>;
    count(key: number): Asked<number>;
  };
}

interface Opening extends Asked<Database> {
  onupgradeneeded: (() => void) | null;
}

/**
 * Opens the database of a name; `prepare` makes the stores of a new one, and `closed` hears when it
 * has to be opened again.
 */
export async function openDatabase(
  name: string,
  prepare: (database: Database) => void,
  closed: () => void,
): Promise<Database> {
  const { indexedDB } = globalThis as unknown as {
    indexedDB: { open(name: string, version: number): Opening };
  };
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => prepare(request.result);
  const database = await answerOf(request);
  database.onclose = closed;
  // Another tab has a newer version of this program, and must not be kept waiting.
  database.onversionchange = () => {
    database.close();
    closed();
  };
  return database;
}

/** Does work in one transaction; it is done when that is on the disk, and undone if it fails. */
export async function inTransaction<T>(
  database: Database,
  store: string,
  work: (rows: Rows) => Promise<T>,
): Promise<T> {
  const transaction = database.transaction(store, "readwrite", { durability: "strict" });
  const completed = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  // The work's own error is the one that is told.
  completed.catch(() => {});
  try {
    const done = await work(transaction.objectStore(store));
    await completed;
    return done;
  } catch (error) {
    abort(transaction);
    throw error;
  }
}

function abort(transaction: Transaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

/** The answer of the database. */
export function answerOf<T>(request: Asked<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
