// Small durable storage in the browser: named shelves of one IndexedDB per person.

/** Values by key. Without IndexedDB (private windows of some browsers) it lives as long as the tab. */
export interface Shelf<Value> {
  all(): Promise<Value[]>;
  put(key: string, value: Value): Promise<void>;
  remove(key: string): Promise<void>;
}

const SHELVES = ["outbox", "drafts"] as const;
export type ShelfName = (typeof SHELVES)[number];
const VERSION = 1;

export class MemoryShelf<Value> implements Shelf<Value> {
  readonly #values = new Map<string, Value>();

  async all(): Promise<Value[]> {
    return [...this.#values.values()];
  }

  async put(key: string, value: Value): Promise<void> {
    this.#values.set(key, value);
  }

  async remove(key: string): Promise<void> {
    this.#values.delete(key);
  }
}

class DatabaseShelf<Value> implements Shelf<Value> {
  readonly #database: IDBDatabase;
  readonly #name: ShelfName;

  constructor(database: IDBDatabase, name: ShelfName) {
    this.#database = database;
    this.#name = name;
  }

  all(): Promise<Value[]> {
    return settled(this.#store("readonly").getAll() as IDBRequest<Value[]>);
  }

  async put(key: string, value: Value): Promise<void> {
    await this.#write((store) => store.put(value, key));
  }

  async remove(key: string): Promise<void> {
    await this.#write((store) => store.delete(key));
  }

  /** Commits at once: a transaction left to commit by itself is lost when the page is unloaded in between. */
  async #write<Result>(change: (store: IDBObjectStore) => IDBRequest<Result>): Promise<void> {
    const store = this.#store("readwrite");
    const request = change(store);
    store.transaction.commit();
    await settled(request);
  }

  #store(mode: IDBTransactionMode): IDBObjectStore {
    return this.#database.transaction(this.#name, mode).objectStore(this.#name);
  }
}

/** Opens a person's shelves; nobody else who uses the browser sees or sends what is on them. */
export async function openShelves(userId: string): Promise<<Value>(name: ShelfName) => Shelf<Value>> {
  try {
    const database = await openDatabase(`hub-${userId}`);
    return (name) => new DatabaseShelf(database, name);
  } catch {
    return () => new MemoryShelf();
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    for (const shelf of SHELVES) request.result.createObjectStore(shelf);
  };
  // A newer page in another tab may change the shelves: let it.
  request.addEventListener("success", () => (request.result.onversionchange = () => request.result.close()));
  return settled(request);
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
