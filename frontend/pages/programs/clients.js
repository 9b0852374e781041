/** API clients: made on screen, their secret shown once, two secrets at most. */
import { alert } from '../../components/alert/alert.js';
import { copyButton } from '../../components/copy-button/copy-button.js';
import { askDialog } from '../../components/dialog/dialog.js';
import { choiceField, textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { loadedPart } from '../../components/loaded-part/loaded-part.js';
import { emptyState } from '../../components/page-states/page-states.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { del, get, post } from '../../lib/api.js';
import { timeElement } from '../../lib/dates.js';
import { focusOn } from '../../lib/focus.js';
import { formatSiret } from '../../lib/format.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { session } from '../../lib/store.js';

const PATH = '/v1/clients';
const SCOPES = [
  'requests:read',
  'requests:write',
  'habilitations:read',
  'tokens:read',
  'usage:read',
  'usage:write',
  'webhooks',
];
const SECRETS_MAX = 2;

/** @param {import('../../lib/router.js').Context} ctx */
export function clientsPanel(ctx) {
  const secret = h('div', null);
  const { place, draw } = loadedPart(async () => {
    const { data } = await get(PATH, { query: { limit: 100 }, signal: ctx.signal });
    return data.items.length === 0
      ? emptyState({ title: t('clients.none'), text: t('clients.none_text') })
      : data.items.map((/** @type {any} */ client) => card(client, { draw, show }));
  });

  /** @param {string} id @param {string} value */
  function show(id, value) {
    const box = onceShown(t('clients.id'), id, value);
    replaceChildren(secret, box);
    focusOn(box);
  }

  void draw();
  return h('div', null, secret, place, creation({ draw, show }));
}

/**
 * A secret that the server will not tell again.
 * @param {string} label
 * @param {string} id
 * @param {string} value
 */
export function onceShown(label, id, value) {
  return h(
    'div',
    { class: 'card', tabindex: '-1' },
    alert('warning', t('clients.once')),
    summaryList([
      [label, h('code', null, id)],
      [t('clients.secret'), h('code', null, value), copyButton(() => value)],
    ]),
  );
}

/**
 * @param {any} client
 * @param {{draw: () => Promise<void>, show: (id: string, value: string) => void}} acts
 */
function card(client, { draw, show }) {
  const path = `${PATH}/${client.id}`;
  return h(
    'article',
    { class: 'card' },
    h('h2', null, client.name),
    summaryList([
      [t('clients.id'), h('code', null, client.id), copyButton(() => client.id)],
      [t('clients.for'), client.siret ? formatSiret(client.siret) : client.product],
      [t('clients.scopes'), client.scopes.join(', ')],
      [t('clients.last_use'), timeElement(client.last_used_at)],
      ...client.secrets.map((/** @type {any} */ s) => [
        t('clients.secret'),
        [t('clients.secret_of'), ' ', timeElement(s.created_at)],
        client.secrets.length > 1 &&
          h(
            'button',
            { type: 'button', class: 'plain', onclick: () => void dropSecret(path, s.id, draw) },
            t('clients.drop_secret'),
          ),
      ]),
    ]),
    h(
      'div',
      { class: 'actions' },
      client.secrets.length < SECRETS_MAX &&
        h(
          'button',
          { type: 'button', onclick: () => void addSecret(path, client.id, draw, show) },
          t('clients.add_secret'),
        ),
      h(
        'button',
        { type: 'button', class: 'plain', onclick: () => void remove(path, client.name, draw) },
        t('common.delete'),
        h('span', { class: 'visually-hidden' }, ` : ${client.name}`),
      ),
    ),
  );
}

/**
 * @param {string} path
 * @param {string} id
 * @param {() => Promise<void>} draw
 * @param {(id: string, value: string) => void} show
 */
async function addSecret(path, id, draw, show) {
  await askDialog({
    title: t('clients.add_secret'),
    content: h('p', null, t('clients.add_secret_text')),
    submit: t('clients.add_secret'),
    onsubmit: async (_values, { idempotencyKey }) => {
      const { data } = await post(`${path}/secrets`, undefined, { idempotencyKey });
      show(id, data.secret);
    },
  });
  await draw();
}

/**
 * @param {string} path
 * @param {string} secretId
 * @param {() => Promise<void>} draw
 */
async function dropSecret(path, secretId, draw) {
  await askDialog({
    title: t('clients.drop_secret'),
    content: alert('warning', t('clients.drop_secret_text')),
    submit: t('clients.drop_secret'),
    danger: true,
    onsubmit: async () => void (await del(`${path}/secrets/${secretId}`)),
  });
  await draw();
}

/**
 * @param {string} path
 * @param {string} name
 * @param {() => Promise<void>} draw
 */
async function remove(path, name, draw) {
  await askDialog({
    title: t('clients.delete', { name }),
    content: alert('warning', t('clients.delete_text')),
    submit: t('common.delete'),
    danger: true,
    onsubmit: async () => void (await del(path)),
  });
  await draw();
}

/** @param {{draw: () => Promise<void>, show: (id: string, value: string) => void}} acts */
function creation({ draw, show }) {
  const form = createForm({
    fields: [
      textField({
        name: 'name',
        label: t('clients.name'),
        hint: t('clients.name_hint'),
        maxlength: 255,
      }),
      choiceField({
        name: 'scopes',
        label: t('clients.scopes'),
        multiple: true,
        options: SCOPES.map((value) => ({
          value,
          label: value,
          hint: t(`client_scope.${value.replace(':', '_')}`),
        })),
      }),
    ],
    submit: t('clients.create'),
    onsubmit: async (values, { idempotencyKey }) => {
      const body = { ...values, siret: session.current?.siret ?? null };
      const { data } = await post(PATH, body, { idempotencyKey });
      show(data.client.id, data.client_secret);
      await draw();
    },
  });
  return h('section', null, h('h2', null, t('clients.create_title')), form.element);
}
