/** Products from the API, fetched once per visit: they change only with a release. */
import { get } from './api.js';

/** @type {Map<string, Promise<Contract['Product']>>} */
const products = new Map();
/** @type {Map<string, Promise<Contract['ProductSummary'][]>>} */
const lists = new Map();

export function listProducts() {
  return once(
    lists,
    '',
    async () => (await get('/v1/products', { query: { limit: 100 } })).data.items,
  );
}

/** @param {string} product */
export function getProduct(product) {
  return once(
    products,
    product,
    async () => (await get('/v1/products/{product}', { params: { product } })).data,
  );
}

/**
 * @template T
 * @param {Map<string, Promise<T>>} asked
 * @param {string} key
 * @param {() => Promise<T>} ask
 */
function once(asked, key, ask) {
  let answer = asked.get(key);
  if (!answer) {
    answer = ask();
    answer.catch(() => asked.delete(key));
    asked.set(key, answer);
  }
  return answer;
}
