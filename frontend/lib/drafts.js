/** Drafts: what a person typed, stored in this tab until the server has it. */

const PREFIX = 'guichet.draft.';

/** @param {string} key @param {Record<string, unknown>} values */
export function remember(key, values) {
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify(values));
  } catch {
    /* Storage full or forbidden: the text stays on the screen. */
  }
}

/** @param {string} key @returns {Record<string, unknown> | null} */
export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + key) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {string} key */
export function forget(key) {
  sessionStorage.removeItem(PREFIX + key);
}
