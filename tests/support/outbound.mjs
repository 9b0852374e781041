// api/outbound on its own, driven through the program outbound_probe (see tests/support/outbound_probe.c).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { PROGRAM } from './server.mjs';

const PROBE = join(dirname(PROGRAM), 'tests', 'outbound_probe');

export class Outbound {
  #child;
  #lines;

  /**
   * @param {Record<string, string>} [settings] GUICHET_…
   * @param {import('node:test').TestContext} [t] ends it with this test, which fails unless it ends well
   */
  constructor(settings = {}, t = undefined) {
    t?.after(async () => assert.equal(await this.close(), 0, this.log));
    this.#child = spawn(PROBE, [], {
      env: { PATH: process.env.PATH, GUICHET_DATABASE_URL: 'unused', ...settings },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.log = '';
    this.#child.stderr.on('data', (chunk) => (this.log += chunk));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** One command, its answer. Commands run one after the other. */
  async ask(command) {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    // What was logged before the answer came by a pipe of its own: two turns of the loop read all that is there.
    await setImmediate();
    await setImmediate();
    if (done) throw new Error(`outbound_probe ended: ${this.log}`);
    return JSON.parse(value);
  }

  /** Ends it; the exit code, which sanitizers make other than 0. */
  async close() {
    this.#child.stdin.end();
    const [code] =
      this.#child.exitCode === null ? await once(this.#child, 'exit') : [this.#child.exitCode];
    return code;
  }
}
