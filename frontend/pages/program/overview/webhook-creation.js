/** The form that registers a webhook. */
import { choiceField, selectField, textField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { post } from '../../../lib/api.js';
import { formatSiret } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';
import { PATH } from './webhooks.js';

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
 * @param {any[]} products
 * @param {(url: string, value: string) => void} show
 * @param {() => Promise<void>} draw
 */
export function creation(products, show, draw) {
  const form = createForm({
    fields: [
      selectField({
        name: 'product',
        label: t('request.product'),
        value: products[0]?.id,
        options: products.map((p) => ({ value: p.id, label: p.name })),
      }),
      ...(session.current && session.hasRole('manager')
        ? [
            selectField({
              name: 'whose',
              label: t('clients.for'),
              pointer: '/siret',
              options: [
                {
                  value: 'own',
                  label: session.current.organisation_name ?? formatSiret(session.current.siret),
                },
                { value: 'all', label: t('webhooks.for_product') },
              ],
            }),
          ]
        : []),
      textField({
        name: 'url',
        type: 'url',
        label: t('webhooks.url'),
        hint: t('webhooks.url_hint'),
        inputmode: 'url',
        autocomplete: 'off',
      }),
      choiceField({
        name: 'events',
        label: t('webhooks.events'),
        multiple: true,
        options: EVENTS.map((value) => ({
          value,
          label: t(`webhook_event.${value.replace('.', '_')}`),
          hint: h('code', null, value),
        })),
      }),
    ],
    submit: t('webhooks.create'),
    onsubmit: async ({ whose, ...values }, { idempotencyKey }) => {
      const siret = whose === 'all' ? null : (session.current?.siret ?? null);
      const body = { ...values, siret };
      const { data } = await post(PATH, body, { idempotencyKey });
      show(data.webhook.url, data.secret);
      await draw();
    },
  });
  return h('section', null, h('h2', null, t('webhooks.create_title')), form.element);
}
