/** What can be looked up in a list: three letters or digits in a row; among requests, the number of one as well. */
import { t } from './i18n.js';
import { plain } from './typed.js';

const RUN = /[\p{L}\p{M}\p{N}]{3}/u;
const NUMBER = /^[dh]\d+$/i;

/**
 * @typedef {object} SearchRule
 * @property {(typed: string) => string | null} problem What is wrong; null where there are no words, too.
 * @property {(typed: string | null) => string | null} words As the API takes them; null where there are none, or too few.
 */

/**
 * @param {(words: string) => boolean} isEnough
 * @param {string} key What is said where it is not.
 * @returns {SearchRule}
 */
function rule(isEnough, key) {
  /** @param {string} typed */
  const problem = (typed) => {
    const words = plain(typed);
    return words === '' || isEnough(words) ? null : t(key);
  };
  return {
    problem,
    words: (typed) => (typed && problem(typed) === null ? plain(typed) || null : null),
  };
}

export const WORDS = rule((words) => RUN.test(words), 'common.search_too_short');

/** Of requests. */
export const REQUEST_WORDS = rule(
  (words) => RUN.test(words) || NUMBER.test(words),
  'requests.search_too_short',
);
