/** The file after this one, in the order and under the filters that the queue had. */
import { get } from '../../lib/api.js';
import { session } from '../../lib/store.js';

const place = () => `queue.${session.me.id}`;

/** @param {Contract['RequestSummary'][]} rows as the queue shows them */
export function rememberQueue(rows) {
  const kept = rows.map(({ id, number }) => ({ id, number }));
  try {
    sessionStorage.setItem(place(), JSON.stringify(kept));
  } catch {
    // Storage full or disabled: nextFile() then returns the request submitted first.
  }
}

/**
 * The next file of the queue as last shown; without one, the request submitted first.
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<{id: string, number: string} | null>}
 */
export async function nextFile(id, signal) {
  const rows = remembered();
  const at = rows.findIndex((r) => r.id === id);
  if (at >= 0) return rows[at + 1] ?? null;
  const query = { state: 'submitted', sort: 'age', relation: 'staff', limit: 2 };
  const { data } = await get('/v1/requests', { query, signal });
  return data.items.find((r) => r.id !== id) ?? null;
}

/** @returns {{id: string, number: string}[]} */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(place()) ?? '[]');
  } catch {
    return [];
  }
}
