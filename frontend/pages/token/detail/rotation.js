/** Replaces the secret of a token; the former one works on for some days. */
import { act } from '../../../components/act/act.js';
import { alert } from '../../../components/alert/alert.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { numberField } from '../../../components/field/field.js';
import { post } from '../../../lib/api.js';
import { formatDay } from '../../../lib/dates.js';
import { focusOn } from '../../../lib/focus.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { exampleLine } from '../../../lib/example-call.js';
import { shownSecret } from './secret.js';

const OVERLAP_DAYS_MAX = 30;

const OVERLAP_DAYS_USUAL = 7;

/** @param {Contract['Token']} token */
export function rotation(token) {
  const place = h('div', null);
  const start = h('button', { type: 'button', onclick: act(() => rotate()) }, t('token.rotate'));
  replaceChildren(place, start);

  async function rotate() {
    const overlap = numberField({
      name: 'overlap_days',
      label: t('token.overlap_days'),
      hint: t('token.overlap_hint'),
      value: OVERLAP_DAYS_USUAL,
      unit: t('token.days'),
      validate: (days) =>
        Number.isInteger(days) && Number(days) >= 0 && Number(days) <= OVERLAP_DAYS_MAX
          ? null
          : t('token.overlap_invalid'),
    });
    /** @type {Contract['RotatedToken'][]} */
    const answers = [];
    const done = await askDialog({
      title: t('token.rotate_title'),
      content: [
        h('p', null, t('token.rotate_text')),
        token.rotation &&
          alert('warning', t('token.rotate_again', { day: formatDay(token.rotation.good_until) })),
      ],
      fields: [overlap],
      submit: t('token.rotate'),
      onsubmit: async () => {
        const body = { overlap_days: Number(overlap.value) };
        answers.push(
          (await post('/v1/tokens/{id}/rotation', { params: { id: token.id }, body })).data,
        );
      },
    });
    const [answer] = answers;
    if (!done || !answer) return;
    const shown = shownSecret(answer.token, await exampleLine(token));
    replaceChildren(
      place,
      alert('good', t('token.rotated', { day: formatDay(answer.former_good_until) })),
      shown,
    );
    focusOn(shown.querySelector('h2'));
  }
  return h(
    'section',
    null,
    h('h2', null, t('token.rotate_title')),
    h('p', null, t('token.rotate_text')),
    h('p', { class: 'muted' }, t('token.rotate_others')),
    place,
  );
}
