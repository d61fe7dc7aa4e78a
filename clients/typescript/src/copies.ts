/** Answers that can be asked for again by their ETag. They stay in memory, the latest ones only. */
export class Copies {
  readonly #copies = new Map<string, { etag: string; data: unknown }>();

  constructor(readonly size: number) {}

  get(key: string): { etag: string; data: unknown } | undefined {
    return this.#copies.get(key);
  }

  keep(key: string, etag: string | null, data: unknown): void {
    this.#copies.delete(key);
    if (!etag) return;
    this.#copies.set(key, { etag, data });
    for (const oldest of this.#copies.keys()) {
      if (this.#copies.size <= this.size) break;
      this.#copies.delete(oldest);
    }
  }

  clear(): void {
    this.#copies.clear();
  }
}
