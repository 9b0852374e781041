/** The way in four steps, who is eligible, what to prepare. */
import { h } from '../../lib/h.js';
import { list, rich, t } from '../../lib/i18n.js';
import { session } from '../../lib/store.js';

/** @typedef {{title: string, text: string}} Item */

/** @type {import('../../lib/router.js').Page<null>} */
export default {
  title: () => t('app.name'),
  render: () =>
    h('div', null, welcome(), steps(), h('div', { class: 'columns' }, toPrepare(), eligibility())),
};

function welcome() {
  const actions = session.loggedIn
    ? [link('/demandes/nouvelle', 'home.start', 'primary'), link('/demandes', 'home.follow')]
    : [
        link('/inscription', 'home.sign_up', 'primary'),
        link('/connexion', 'home.log_in'),
        link('/catalogue', 'home.see_catalogue'),
      ];
  return h(
    'section',
    { class: 'home-welcome' },
    h('h1', null, t('home.title')),
    h('p', { class: 'lead' }, t('home.lead')),
    h('p', { class: 'actions' }, actions),
  );
}

function steps() {
  return h(
    'section',
    null,
    h('h2', null, t('home.steps_title')),
    h(
      'ol',
      { class: 'grid-cards home-steps' },
      /** @type {Item[]} */ (list('home.steps')).map((step) =>
        h('li', { class: 'card' }, h('h3', null, step.title), h('p', null, step.text)),
      ),
    ),
  );
}

function toPrepare() {
  return h(
    'section',
    null,
    h('h2', null, t('home.prepare_title')),
    h('p', null, t('home.prepare_intro')),
    h(
      'dl',
      { class: 'home-prepare' },
      /** @type {Item[]} */ (list('home.prepare')).map((item) =>
        h('div', null, h('dt', null, item.title), h('dd', null, item.text)),
      ),
    ),
    h('p', null, t('home.contacts_use')),
  );
}

function eligibility() {
  return h(
    'section',
    null,
    h('h2', null, t('home.eligible_title')),
    h(
      'ul',
      null,
      list('home.eligible').map((text) => h('li', null, text)),
    ),
    h('p', null, t('home.not_eligible')),
    h('p', null, rich('home.check', { signup: (text) => h('a', { href: '/inscription' }, text) })),
    h('h2', null, t('home.one_request_title')),
    h('p', null, t('home.one_request')),
    h('p', null, rich('home.terms', { terms: (text) => h('a', { href: '/cgu' }, text) })),
  );
}

/**
 * @param {string} href
 * @param {string} key
 * @param {string} [kind]
 */
function link(href, key, kind = '') {
  return h('a', { href, class: `button ${kind}` }, t(key));
}
