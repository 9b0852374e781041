/**
 * Formatters of numbers, dates and plurals, each made once: making one costs
 * more than a hundred uses, which a list of 200 rows would feel.
 */

const KINDS = {
  date: Intl.DateTimeFormat,
  number: Intl.NumberFormat,
  plural: Intl.PluralRules,
  relative: Intl.RelativeTimeFormat,
};

/** @type {Map<string, any>} */
const made = new Map();

/**
 * @template {keyof typeof KINDS} K
 * @param {K} kind
 * @param {string} locale
 * @param {Record<string, any>} [options]
 * @returns {InstanceType<(typeof KINDS)[K]>}
 */
export function formatter(kind, locale, options = {}) {
  const key = `${kind} ${locale} ${JSON.stringify(options)}`;
  let one = made.get(key);
  if (!one) {
    one = new /** @type {any} */ (KINDS[kind])(locale, options);
    made.set(key, one);
  }
  return one;
}
