/** What can be looked up in a list: three letters or digits in a row, or the number of a request. */
import { t } from './i18n.js';

const RUN = /[\p{L}\p{M}\p{N}]{3}/u;
const NUMBER = /^[dh]\d+$/i;

/** What is wrong with the words of a search; null where they can be looked up, or where there are none. @param {string} typed */
export function wordsProblem(typed) {
  const words = typed.trim();
  return words === '' || RUN.test(words) || NUMBER.test(words)
    ? null
    : t('common.search_too_short');
}

/** The words as the API takes them; null where there are none, or too few. @param {string | null} typed */
export function searchWords(typed) {
  const words = typed?.trim();
  return words && wordsProblem(words) === null ? words : null;
}
