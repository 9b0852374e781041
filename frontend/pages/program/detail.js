/** One program: where it stands, who answers for it, its secrets, its name and rights. */
import { programBadge } from '../../components/badge/badge.js';
import { breadcrumb } from '../../components/breadcrumb/breadcrumb.js';
import { copyButton } from '../../components/copy-button/copy-button.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { get } from '../../lib/api.js';
import { dayElement, timeElement } from '../../lib/dates.js';
import { focusOn } from '../../lib/focus.js';
import { formatSiret, personName } from '../../lib/format.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { changes } from './detail/changes.js';
import { personsPart } from './detail/persons.js';
import { standing } from './detail/standing.js';
import { onceShown, secretButton, secretRows } from './overview/secrets.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: ({ client }) => t('program.title', { name: client.name }),
  load,
  render({ client }, ctx) {
    const secret = h('div', null);
    return h(
      'div',
      null,
      breadcrumb([
        { href: '/programmes?onglet=clients', text: t('programs.tab_clients') },
        { text: client.name },
      ]),
      h('h1', null, client.name),
      h('p', null, programBadge(client.state)),
      standing(client, ctx),
      facts(client),
      personsPart(client, ctx),
      client.relation === 'responsible' && [secret, secrets(client, secret), changes(client, ctx)],
    );
  },
};

/** @param {Context} ctx */
async function load({ params: { id }, signal }) {
  const { data: client } = await get('/v1/clients/{id}', { params: { id }, signal });
  return { client };
}

/** @param {Contract['Client']} client */
function facts(client) {
  return summaryList([
    [t('clients.id'), h('code', null, client.id), copyButton(() => client.id)],
    [t('clients.acts_for'), client.siret ? formatSiret(client.siret) : client.product],
    [t('clients.scopes'), client.scopes.map((scope) => [h('code', null, scope), ' '])],
    [t('program.created'), dayElement(client.created_at)],
    [t('program.created_by'), client.created_by && personName(client.created_by)],
    [t('clients.last_use'), timeElement(client.last_used_at)],
  ]);
}

/**
 * Drawn again by itself, so that a secret just shown stays on the page.
 * @param {Contract['Client']} client
 * @param {HTMLElement} shown where a new secret is shown once
 */
function secrets(client, shown) {
  const owner = { kind: /** @type {const} */ ('clients'), id: client.id };
  const place = h('section', null);

  /** @param {string} value */
  function show(value) {
    const box = onceShown(t('clients.id'), client.id, value);
    replaceChildren(shown, box);
    focusOn(box);
  }

  async function draw() {
    const { data } = await get('/v1/clients/{id}', { params: { id: client.id } });
    client.version = data.version; // what is saved further down is saved over this one
    fill(data.secrets);
  }

  /** @param {Contract['Client']['secrets']} found */
  function fill(found) {
    replaceChildren(
      place,
      h('h2', null, t('program.secrets')),
      h('p', null, t('program.secrets_text')),
      found.length === 0
        ? h('p', { class: 'muted' }, t('program.no_secret'))
        : summaryList(secretRows(owner, found, draw)),
      h('div', { class: 'actions' }, secretButton(owner, found, { draw, show })),
    );
  }

  fill(client.secrets);
  return place;
}
