/**
 * A page that a mailed link opens: says what the link does, does it at a press
 * of the button, shows what came of it. Without its link it says so, and where
 * to go from there.
 *
 *   export default mailedLinkPage({
 *     title: 'share.title', noLink: 'share.no_link', text: ['share.text'],
 *     submit: 'share.submit', wrong: {410: 'share.link_invalid'},
 *     act: async (token) => [h('h1', …), …],
 *   });
 *
 * Texts are given by their keys.
 */
import { focusOn } from '../../lib/focus.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { dropLinkToken, linkToken, watchLinkToken } from '../../lib/link-token.js';
import { alert } from '../alert/alert.js';
import { createForm } from '../form/form.js';
import { waysOn } from '../page-states/page-states.js';

/**
 * @typedef {object} MailedLink
 * @property {string} title
 * @property {string} noLink
 * @property {string[]} text                    paragraphs above the button
 * @property {string} submit
 * @property {Record<number, string>} wrong     status → what it means here
 * @property {(token: string) => Promise<Children>} act gives what is shown next, its h1 first
 */

/**
 * @param {MailedLink} link
 * @returns {import('../../lib/router.js').Page<null>}
 */
export function mailedLinkPage(link) {
  return {
    title: () => t(link.title),
    render(_data, ctx) {
      watchLinkToken(ctx);
      const root = h('div', { class: 'narrow' });
      const token = linkToken();
      replaceChildren(
        root,
        h('h1', null, t(link.title)),
        token ? question(link, root, token) : withoutLink(link),
      );
      return root;
    },
  };
}

/**
 * @param {MailedLink} link
 * @param {HTMLElement} root
 * @param {string} token
 */
function question({ text, submit, wrong, act }, root, token) {
  const form = createForm({
    fields: [],
    submit: t(submit),
    wrong: Object.fromEntries(Object.entries(wrong).map(([status, key]) => [status, t(key)])),
    onsubmit: async () => {
      const next = await act(token);
      dropLinkToken();
      replaceChildren(root, next);
      focusOn(root.querySelector('h1'));
    },
  });
  return [text.map((key) => h('p', null, t(key))), form.element];
}

/** @param {MailedLink} link */
function withoutLink({ noLink }) {
  return [alert('warning', t(noLink)), waysOn()];
}
