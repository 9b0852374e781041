/** API clients: those that one answers for, those of colleagues; a new one, its secret shown once. */
import { programBadge } from '../../../components/badge/badge.js';
import { copyButton } from '../../../components/copy-button/copy-button.js';
import {
  choicesField,
  dateField,
  selectField,
  textField,
} from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { loadedPart } from '../../../components/loaded-part/loaded-part.js';
import { emptyState } from '../../../components/page-states/page-states.js';
import { summaryList } from '../../../components/summary-list/summary-list.js';
import { get, post } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { focusOn } from '../../../lib/focus.js';
import { formatSiret, personName } from '../../../lib/format.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { listProducts } from '../../../lib/products.js';
import { session } from '../../../lib/store.js';
import { endOf, onceShown } from './secrets.js';

/** The organisation acted for, among products. */
const OWN = 'own';
/** @type {Contract['ClientScope'][]} */
const SCOPES = [
  'requests:read',
  'requests:write',
  'habilitations:read',
  'tokens:read',
  'tokens:write',
  'usage:read',
  'usage:write',
  'webhooks',
  'tokens:introspect',
];
/** Given by managers, to programs of a product. @type {Contract['ClientScope'][]} */
const SCOPES_OF_MANAGERS = ['usage:write', 'tokens:introspect'];

/** @param {import('../../../lib/router.js').Context} ctx */
export function clientsPanel(ctx) {
  const secret = h('div', null);
  const making = h('div', null);
  const { place, draw } = loadedPart(async () => {
    const [{ data }, products] = await Promise.all([
      get('/v1/clients', { query: { relation: 'any', limit: 100 }, signal: ctx.signal }),
      listProducts(),
    ]);
    if (making.childElementCount === 0) replaceChildren(making, creation(products, { draw, show }));
    const own = data.items.filter(({ relation }) => relation !== 'colleague');
    const others = data.items.filter(({ relation }) => relation === 'colleague');
    return h(
      'div',
      null,
      own.length === 0
        ? emptyState({ title: t('clients.none'), text: t('clients.none_text') })
        : [h('h2', null, t('clients.own')), own.map(card)],
      others.length > 0 && [
        h('h2', null, t('clients.others')),
        h('p', null, t('clients.others_text')),
        others.map(card),
      ],
    );
  });

  /** @param {string} id @param {string} value */
  function show(id, value) {
    const box = onceShown(t('clients.id'), id, value);
    replaceChildren(secret, box);
    focusOn(box);
  }

  void draw();
  return h('div', null, secret, place, making);
}

/** @param {Contract['Client']} client */
function card(client) {
  const persons = client.responsible_persons
    .filter(({ state }) => state === 'active')
    .map(({ account }) => (account ? personName(account) : ''));
  return h(
    'article',
    { class: 'card' },
    h('h3', null, h('a', { href: `/programmes/${client.id}` }, client.name)),
    h(
      'p',
      null,
      programBadge(client.state),
      client.relation === 'asked' && [' ', t('clients.you_are_asked')],
    ),
    summaryList([
      [t('clients.id'), h('code', null, client.id), copyButton(() => client.id)],
      [t('clients.acts_for'), client.siret ? formatSiret(client.siret) : client.product],
      [t('clients.scopes'), client.scopes.join(', ')],
      [t('clients.persons'), persons.join(', ')],
      [t('clients.last_use'), timeElement(client.last_used_at)],
    ]),
  );
}

/** For whom a program may act: the organisation acted for on screen, the products one instructs. */
function owners(/** @type {Contract['ProductSummary'][]} */ products) {
  const { current } = session;
  const own = current && {
    value: OWN,
    label: current.organisation_name ?? formatSiret(current.siret),
  };
  const instructed = products
    .filter(({ id }) => session.roles.some(({ product }) => product === id))
    .map(({ id, name }) => ({
      value: id,
      label: t('clients.acts_for_product', { product: name }),
    }));
  return own ? [own, ...instructed] : instructed;
}

/**
 * @param {Contract['ProductSummary'][]} products
 * @param {{draw: () => Promise<void>, show: (id: string, value: string) => void}} acts
 */
function creation(products, { draw, show }) {
  const choices = owners(products);
  const scopes = SCOPES.filter(
    (value) => !SCOPES_OF_MANAGERS.includes(value) || session.hasRole('manager'),
  );
  const name = textField({
    name: 'name',
    label: t('clients.name'),
    hint: t('clients.name_hint'),
    maxlength: 255,
  });
  const owner = selectField({
    name: 'product',
    label: t('clients.acts_for'),
    hint: t('clients.acts_for_hint'),
    options: choices,
  });
  const scope = choicesField({
    name: 'scopes',
    label: t('clients.scopes'),
    options: scopes.map((value) => ({
      value,
      label: value,
      hint: t(`client_scope.${value.replace(':', '_')}`),
    })),
  });
  const end = dateField({
    name: 'secret_expires_at',
    label: t('clients.secret_end'),
    hint: t('clients.secret_end_hint'),
    optional: true,
  });
  const form = createForm({
    fields: choices.length > 1 ? [name, owner, scope, end] : [name, scope, end],
    submit: t('clients.create'),
    onsubmit: async (_values, { idempotencyKey }) => {
      const product = choices.length > 1 && owner.value !== OWN ? owner.value : null;
      const body = {
        name: name.value,
        scopes: scope.value,
        product,
        siret: product ? null : session.current?.siret,
        secret_expires_at: endOf(end.value),
      };
      const { data } = await post('/v1/clients', { body, idempotencyKey });
      show(data.client.id, data.client_secret);
      await draw();
    },
  });
  return h('section', null, h('h2', null, t('clients.create_title')), form.element);
}
