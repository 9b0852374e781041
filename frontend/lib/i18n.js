/**
 * Texts by key ("login.title"), from locales/<language>.json. French by default;
 * the chosen language is stored in the browser.
 */
import { getAsset } from './api.js';
import { formatter } from './formatters.js';

export const LANGUAGES = /** @type {const} */ (['fr', 'en']);
/** @typedef {'fr' | 'en'} Language */

const STORAGE_KEY = 'guichet.language';
/** @type {TextTree} */
let texts = {};
/** @type {Language} */
let current = 'fr';

export function language() {
  return current;
}

/** The locale for Intl: numbers and dates are formatted by it. */
export function locale() {
  return current === 'fr' ? 'fr-FR' : 'en-GB';
}

export async function loadTexts() {
  current = localStorage.getItem(STORAGE_KEY) === 'en' ? 'en' : 'fr';
  document.documentElement.lang = current;
  /** @type {TextTree} */
  const table = await getAsset(new URL(`../locales/${current}.json`, import.meta.url));
  texts = current === 'fr' ? /** @type {TextTree} */ (withFrenchSpaces(table)) : table;
}

/** @param {Language} chosen */
export async function setLanguage(chosen) {
  localStorage.setItem(STORAGE_KEY, chosen);
  await loadTexts();
}

/** For tests and for programs without a server. @param {TextTree} table @param {Language} [chosen] */
export function useTexts(table, chosen = 'fr') {
  texts = table;
  current = chosen;
}

/**
 * Non-breaking spaces of French: inside quotes and before high punctuation.
 * @param {Texts} node
 * @returns {Texts}
 */
function withFrenchSpaces(node) {
  if (typeof node === 'string')
    return node
      .replace(/« /g, '«\u00a0')
      .replace(/ (?=[»:])/g, '\u00a0')
      .replace(/ (?=[?!;])/g, '\u202f');
  if (Array.isArray(node)) return node.map(withFrenchSpaces);
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, withFrenchSpaces(value)]),
  );
}

/** @param {string} key @returns {Texts | undefined} */
function lookup(key) {
  /** @type {Texts | undefined} */
  let node = texts;
  for (const part of key.split('.')) node = isTree(node) ? node[part] : undefined;
  return node;
}

/** @param {Texts | undefined} node @returns {node is TextTree} */
function isTree(node) {
  return typeof node === 'object' && !Array.isArray(node);
}

/** @param {string} key */
export function has(key) {
  return lookup(key) !== undefined;
}

/** The names below a key, in their order. @param {string} key */
export function keys(key) {
  return Object.keys(lookup(key) ?? {});
}

/**
 * A text, its {names} filled in. With `count` in the values and a text in
 * forms ({one, other, zero?}), the form that fits.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function t(key, values) {
  const text = template(key, values);
  return values ? fill(text, values) : text;
}

/**
 * The text before values are filled in, in its plural form; the key if there is none.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 */
function template(key, values) {
  let text = lookup(key);
  if (isTree(text) && values && 'count' in values) text = pluralForm(text, Number(values.count));
  return typeof text === 'string' ? text : key;
}

/**
 * A list of texts, or of objects of texts.
 * @template {Texts} [T=string]
 * @param {string} key
 * @returns {T[]}
 */
export function list(key) {
  const value = lookup(key);
  return Array.isArray(value) ? /** @type {T[]} */ (value) : [];
}

/**
 * A text with links or emphasis: "Lire <terms>les conditions</terms>" with
 * {terms: (text) => h('a', …, text)}. Gives children for `h`.
 * @param {string} key
 * @param {Record<string, (text: string) => Node>} tags
 * @param {Record<string, unknown>} [values]
 * @returns {(Node | string)[]}
 */
export function rich(key, tags, values = {}) {
  const text = template(key, values);
  /** @type {(Node | string)[]} */
  const parts = [];
  let end = 0;
  // Values are filled in last: what a person typed is never read as a tag.
  for (const match of text.matchAll(/<(\w+)>(.*?)<\/\1>/g)) {
    parts.push(fill(text.slice(end, match.index), values));
    const inner = fill(match[2], values);
    parts.push(tags[match[1]]?.(inner) ?? inner);
    end = match.index + match[0].length;
  }
  parts.push(fill(text.slice(end), values));
  return parts;
}

/**
 * @param {TextTree} forms
 * @param {number} count
 */
function pluralForm(forms, count) {
  if (count === 0 && forms.zero) return forms.zero;
  return forms[formatter('plural', locale()).select(count)] ?? forms.other;
}

/**
 * @param {string} text
 * @param {Record<string, unknown>} values
 */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined || value === null) return whole;
    return typeof value === 'number' ? formatter('number', locale()).format(value) : String(value);
  });
}
