/** What this instance says of itself: support's address, ways to log in. Asked once. */
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
