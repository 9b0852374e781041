/** Products as the API describes them; they change with a release, so one answer serves the visit. */
import { get } from './api.js';

/** @type {Map<string, Promise<any>>} */
const asked = new Map();

/** @returns {Promise<any[]>} */
export function listProducts() {
  return once('', async () => (await get('/v1/products', { query: { limit: 100 } })).data.items);
}

/**
 * @param {string} id
 * @returns {Promise<any>}
 */
export function getProduct(id) {
  return once(id, async () => (await get(`/v1/products/${encodeURIComponent(id)}`)).data);
}

/**
 * @param {string} key
 * @param {() => Promise<any>} ask
 */
function once(key, ask) {
  let answer = asked.get(key);
  if (!answer) {
    answer = ask();
    answer.catch(() => asked.delete(key));
    asked.set(key, answer);
  }
  return answer;
}
