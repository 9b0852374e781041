/**
 * The activation link: says whom and which organisation it is about, and makes the account, with the password
 * chosen here, by a press of the button alone. Without a link, asks for a new one.
 */
import { alert } from '../../components/alert/alert.js';
import { textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { endingOf, linkEnd, orEnding, showNext } from '../../components/mailed-link/mailed-link.js';
import { passwordField, usernameHint } from '../../components/password/password.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { ApiError, post } from '../../lib/api.js';
import { formatSiret } from '../../lib/format.js';
import { h, replaceChildren } from '../../lib/h.js';
import { rich, t } from '../../lib/i18n.js';
import { dropLinkToken, linkToken, watchLinkToken } from '../../lib/link-token.js';
import { settings } from '../../lib/settings.js';
import { resend } from './activation-resend.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */
/** @typedef {Contract['ActivationPreview']} Preview */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t(linkToken() ? 'activation.title' : 'activation.resend_title'),
  load,
  render({ site, token, preview, ending }, ctx) {
    watchLinkToken(ctx);
    const root = h('div', { class: 'narrow' });
    if (!token) replaceChildren(root, resend(root));
    else if (preview) replaceChildren(root, activate(root, token, preview, site.support_email));
    else replaceChildren(root, ending ? linkEnd('activation', ending) : dead());
    return root;
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load({ signal }) {
  const token = linkToken();
  const nothing = { preview: null, ending: null };
  const [site, found] = await Promise.all([settings(), token ? look(token, signal) : nothing]);
  return { site, token, ...found };
}

/**
 * What the link is about, or how it ended; both null for a secret that was never mailed.
 * @param {string} token
 * @param {AbortSignal} signal
 * @returns {Promise<{preview: Preview | null, ending: import('../../components/mailed-link/mailed-link.js').Ending | null}>}
 */
async function look(token, signal) {
  try {
    const path = '/v1/accounts/activation/preview';
    const { data } = await post(path, { body: { token }, quiet: true, signal });
    return { preview: data, ending: null };
  } catch (error) {
    if (error instanceof ApiError && error.status === 422)
      return { preview: null, ending: endingOf(error) };
    throw error;
  }
}

/**
 * @param {HTMLElement} root
 * @param {string} token
 * @param {Preview} preview
 * @param {string} supportEmail
 */
function activate(root, token, preview, supportEmail) {
  const given = textField({
    name: 'given_name',
    label: t('person.given_name'),
    autocomplete: 'given-name',
    maxlength: 255,
    value: preview.given_name,
  });
  const family = textField({
    name: 'family_name',
    label: t('person.family_name'),
    autocomplete: 'family-name',
    maxlength: 255,
    value: preview.family_name,
  });
  const password = passwordField({
    name: 'password',
    label: t('activation.password'),
    identity: () => [preview.email, given.value, family.value],
  });
  const fields = [given, family, password];
  const form = createForm({
    fields,
    content: [
      h('h2', null, t('activation.you')),
      [given, family].map((f) => f.element),
      h('h2', null, t('activation.choose')),
      usernameHint(preview.email),
      password.element,
    ],
    submit: t('activation.submit'),
    onsubmit: async (values) => {
      const next = await orEnding('activation', async () => {
        const body = { token, ...values };
        const { data } = await post('/v1/accounts/activation', { body, quiet: true });
        return data.status === 'active' ? activated() : suspended(supportEmail);
      });
      dropLinkToken();
      showNext(root, next);
    },
  });
  return [
    h('h1', null, t('activation.title')),
    h('p', null, t('activation.text')),
    summaryList([
      [t('login.email'), preview.email],
      [t('activation.organisation'), preview.organisation],
      ['SIRET', formatSiret(preview.siret)],
    ]),
    likely(preview),
    form.element,
    notMine(supportEmail),
  ];
}

/** @param {Preview} preview */
function likely({ likely: found, email }) {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return alert(
    found === 'other_domain' ? 'warning' : 'information',
    t(`signup.case_${found}`, { domain }),
  );
}

/** What to do where the names or the organisation are somebody else's. @param {string} supportEmail */
function notMine(supportEmail) {
  return [
    h('h2', null, t('activation.not_mine_title')),
    h(
      'ul',
      null,
      h('li', null, t('activation.not_mine_names')),
      h(
        'li',
        null,
        rich('activation.not_mine_organisation', {
          signup: (text) => h('a', { href: '/inscription' }, text),
        }),
      ),
      h(
        'li',
        null,
        rich('activation.not_mine_at_all', {
          support: () => h('a', { href: `mailto:${supportEmail}` }, supportEmail),
        }),
      ),
    ),
  ];
}

function dead() {
  return [
    h('h1', null, t('activation.title')),
    alert('warning', t('activation.link_invalid')),
    h(
      'p',
      null,
      h('a', { class: 'button primary', href: '/activation' }, t('activation.resend_title')),
    ),
    h('p', null, h('a', { href: '/connexion' }, t('login.submit'))),
    h('p', null, h('a', { href: '/inscription' }, t('login.sign_up'))),
  ];
}

function activated() {
  return [
    h('h1', null, t('activation.done_title')),
    alert('good', t('activation.done_text')),
    h('p', null, h('a', { class: 'button primary', href: '/connexion' }, t('login.submit'))),
  ];
}

/** @param {string} email */
function suspended(email) {
  return [
    h('h1', null, t('activation.suspended_title')),
    alert('warning', t('activation.suspended_text')),
    h('p', null, h('a', { href: `mailto:${email}` }, email)),
    h('p', null, t('activation.suspended_next')),
    h('p', null, h('a', { class: 'button', href: '/connexion' }, t('login.submit'))),
  ];
}
