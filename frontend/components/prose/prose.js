/**
 * Long texts from the locales: sections of {title, text?: [paragraphs],
 * list?: [items], after?: [paragraphs], id?}. A link is written
 * `[l’aide](/aide)`, a value `{support}`, an address `[{support}](mailto:{support})`.
 *
 *   prose('terms.sections', {support: 'aide@example.org'})
 */
import { h } from '../../lib/h.js';
import { list } from '../../lib/i18n.js';

/** @typedef {{title: string} & {[name in 'text' | 'list' | 'after']?: string[]} & {id?: string}} Section */

/**
 * @param {string} key
 * @param {Record<string, string>} [values]
 */
export function prose(key, values = {}) {
  return /** @type {Section[]} */ (/** @type {unknown} */ (list(key))).map((section) =>
    h(
      'section',
      null,
      h('h2', { id: section.id }, section.title),
      (section.text ?? []).map((text) => h('p', null, inline(text, values))),
      section.list &&
        h(
          'ul',
          null,
          section.list.map((text) => h('li', null, inline(text, values))),
        ),
      (section.after ?? []).map((text) => h('p', null, inline(text, values))),
    ),
  );
}

/**
 * @param {string} text
 * @param {Record<string, string>} values
 * @returns {(Node | string)[]}
 */
function inline(text, values) {
  const filled = text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  /** @type {(Node | string)[]} */
  const parts = [];
  let end = 0;
  for (const match of filled.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)) {
    parts.push(filled.slice(end, match.index), h('a', { href: match[2] }, match[1]));
    end = match.index + match[0].length;
  }
  parts.push(filled.slice(end));
  return parts;
}
