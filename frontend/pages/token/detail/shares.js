/** Links that show a token once to somebody else, and what became of them. */
import { act } from '../../../components/act/act.js';
import { badge } from '../../../components/badge/badge.js';
import { textField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { errorBox } from '../../../components/page-states/page-states.js';
import { dataTable } from '../../../components/table/table.js';
import { ApiError, del, get, post } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @param {Contract['Token']} token */
export function shares(token) {
  const place = h('div', { 'aria-live': 'polite' });
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('token.share_email'),
    hint: t('token.share_hint'),
    autocomplete: 'off',
    inputmode: 'email',
  });
  const form = createForm({
    fields: [email],
    submit: t('token.share'),
    onsubmit: async (values, { idempotencyKey }) => {
      await post('/v1/tokens/{id}/shares', {
        params: { id: token.id },
        body: values,
        idempotencyKey,
      });
      email.value = '';
      announce(t('token.shared', { email: values.email }));
      await draw();
    },
  });

  async function draw() {
    try {
      const { data } = await get('/v1/tokens/{id}/shares', {
        params: { id: token.id },
        query: { limit: 20 },
      });
      replaceChildren(place, data.items.length > 0 && shareTable(data.items, cancel));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      replaceChildren(
        place,
        errorBox(error, () => void draw()),
      );
    }
  }

  /** @param {Contract['Share']} share */
  async function cancel(share) {
    await del('/v1/tokens/{id}/shares/{share_id}', {
      params: { id: token.id, share_id: share.id },
    });
    await draw();
  }

  void draw();
  return h(
    'section',
    null,
    h('h2', null, t('token.share_title')),
    h('p', null, t('token.share_text')),
    form.element,
    place,
  );
}

/** @type {Record<string, [string, string]>} */
const SHARE_BADGES = {
  pending: ['information', '●'],
  used: ['good', '✓'],
  cancelled: ['quiet', '□'],
  expired: ['quiet', '◌'],
};

/**
 * @param {Contract['Share'][]} rows
 * @param {(share: Contract['Share']) => Promise<void>} cancel
 */
function shareTable(rows, cancel) {
  return dataTable({
    caption: t('token.share_title'),
    rows,
    columns: [
      { label: t('token.share_to'), head: true, cell: (s) => s.email },
      {
        label: t('tokens.state'),
        cell: (s) => badge(...SHARE_BADGES[s.state], t(`token.share_${s.state}`)),
      },
      { label: t('token.share_sent'), cell: (s) => timeElement(s.created_at) },
      {
        label: t('token.share_act'),
        cell: (s) =>
          s.state === 'pending' &&
          h(
            'button',
            { type: 'button', class: 'plain', onclick: act(() => cancel(s)) },
            t('token.share_cancel'),
            h('span', { class: 'visually-hidden' }, ` : ${s.email}`),
          ),
      },
    ],
  });
}
