// Calls at a steady rate, whatever the answers take, and what became of each.
import { once } from 'node:events';

const TICK_MS = 10;

export class Load {
  sent = 0;
  underWay = 0;
  /** How many answers had which status; `lost` where none came. */
  statuses = {};
  /** @type {{name: string, at: number, ms: number, status: number | string, answer?: object, error?: Error}[]} */
  odd = [];
  #ended = new EventTarget();

  /**
   * @param {number} rate calls a second
   * @param {{name: string, share: number, good: number, run: () => Promise<{status: number}>}[]} kinds
   *   `share` of ten, `good` is the status that is no failure
   */
  constructor(rate, kinds) {
    this.rate = rate;
    this.order = kinds.flatMap((kind) => Array(kind.share).fill(kind));
  }

  start() {
    this.startedAt = Date.now();
    this.timer = setInterval(() => {
      const due = ((Date.now() - this.startedAt) * this.rate) / 1000;
      while (this.sent < due) this.#call(this.order[this.sent++ % this.order.length]);
    }, TICK_MS);
    return this;
  }

  /** Stops and waits for the answers that are still to come; returns the rate that was sent. */
  async stop() {
    clearInterval(this.timer);
    const rate = (this.sent * 1000) / (Date.now() - this.startedAt);
    while (this.underWay > 0) await once(this.#ended, 'call');
    return rate;
  }

  /** What went wrong, a line each; first what got no answer that the contract knows. */
  describe() {
    const sorted = this.odd.toSorted(
      (a, b) => Number(b.status === 'lost') - Number(a.status === 'lost'),
    );
    const lines = sorted.map(({ name, at, ms, status, answer, error }) => {
      const said = error?.message ?? JSON.stringify(answer.body);
      return `+${at - this.startedAt} ms ${name} ${status} after ${ms} ms: ${said.slice(0, 300)}`;
    });
    return [`${lines.length} of ${this.sent}`, ...lines.slice(0, 20)].join('\n');
  }

  async #call({ name, good, run }) {
    const at = Date.now();
    this.underWay++;
    const came = await run().then(
      (answer) => ({ status: answer.status, answer }),
      (error) => ({ status: 'lost', error }),
    );
    this.statuses[came.status] = (this.statuses[came.status] ?? 0) + 1;
    if (came.status !== good) this.odd.push({ name, at, ms: Date.now() - at, ...came });
    this.underWay--;
    this.#ended.dispatchEvent(new Event('call'));
  }
}
