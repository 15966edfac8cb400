/** The mytoken server's clock: real time plus an offset tests can move. */
export class Clock {
  #offsetMs = 0;

  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Unix seconds, rounded down. */
  nowS(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  advance(seconds: number): number {
    this.#offsetMs += seconds * 1000;
    return this.nowMs();
  }
}
