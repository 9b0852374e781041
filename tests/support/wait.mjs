// Waiting for a condition, never for a duration.
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the answer is neither undefined, null nor false, and returns it.
 * @template T
 * @param {string} what for the message
 * @param {() => Promise<T | undefined | null | false> | T | undefined | null | false} ask
 * @param {{timeoutMs?: number, everyMs?: number}} [options]
 * @returns {Promise<T>}
 */
export async function waitFor(what, ask, { timeoutMs = 60_000, everyMs = 25 } = {}) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(everyMs);
  }
}
