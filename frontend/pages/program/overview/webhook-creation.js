/** The form that registers a webhook. */
import { choicesField, selectField, textField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { post } from '../../../lib/api.js';
import { formatSiret } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/** @type {Contract['WebhookEventName'][]} */
const EVENTS = [
  'request.created',
  'request.updated',
  'request.submitted',
  'request.changes_requested',
  'request.approved',
  'request.refused',
  'request.revoked',
  'request.reopened',
  'request.reopening_cancelled',
  'request.archived',
  'request.transferred',
  'request.assigned',
  'request.deleted',
  'request.message_posted',
  'token.created',
  'token.prolonged',
  'token.rotated',
  'token.revealed',
  'token.shared',
  'token.addresses_changed',
  'token.expiring',
  'token.revoked',
];

/**
 * @param {Contract['ProductSummary'][]} products
 * @param {(url: string, value: string) => void} show
 * @param {() => Promise<void>} draw
 */
export function creation(products, show, draw) {
  const { current } = session;
  const product = selectField({
    name: 'product',
    label: t('request.product'),
    value: products[0]?.id,
    options: products.map((p) => ({ value: p.id, label: p.name })),
  });
  const whose =
    current && session.hasRole('manager')
      ? selectField({
          name: 'whose',
          label: t('clients.acts_for'),
          pointer: '/siret',
          options: [
            { value: 'own', label: current.organisation_name ?? formatSiret(current.siret) },
            { value: 'all', label: t('webhooks.acts_for_product') },
          ],
        })
      : null;
  const url = textField({
    name: 'url',
    type: 'url',
    label: t('webhooks.url'),
    hint: t('webhooks.url_hint'),
    inputmode: 'url',
    autocomplete: 'off',
  });
  const events = choicesField({
    name: 'events',
    label: t('webhooks.events'),
    options: EVENTS.map((value) => ({
      value,
      label: t(`webhook_event.${value.replace('.', '_')}`),
      hint: h('code', null, value),
    })),
  });
  const form = createForm({
    fields: [product, whose, url, events].filter((field) => field !== null),
    submit: t('webhooks.create'),
    onsubmit: async (_values, { idempotencyKey }) => {
      const siret = whose?.value === 'all' ? null : (current?.siret ?? null);
      const body = { product: product.value, url: url.value, events: events.value, siret };
      const { data } = await post('/v1/webhooks', { body, idempotencyKey });
      show(data.webhook.url, data.secret);
      await draw();
    },
  });
  return h('section', null, h('h2', null, t('webhooks.create_title')), form.element);
}
