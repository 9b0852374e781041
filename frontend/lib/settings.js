/** Settings of this instance: support's address, ways to log in. Fetched once. */
import { get } from './api.js';

/** @typedef {Contract['Settings']} Settings */

/** @type {Promise<Settings> | null} */
let asked = null;

/** @returns {Promise<Settings>} */
export function settings() {
  asked ??= get('/v1/settings')
    .then(({ data }) => data)
    .catch((error) => {
      asked = null;
      throw error;
    });
  return asked;
}
