/** The range of the figures: three windows, or two days of one's choice, kept in the address. */
import { dateField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

export const WINDOWS = ['10m', '30h', '8d'];

/**
 * @param {Context} ctx
 * @param {() => void} changed
 */
export function rangePicker(ctx, changed) {
  const buttons = WINDOWS.map((name) =>
    h('button', { type: 'button', onclick: () => choose(name) }, t(`usage.window_${name}`)),
  );
  const from = dateField({ name: 'from', label: t('usage.from'), value: ctx.query.get('du') });
  const to = dateField({
    name: 'to',
    label: t('usage.to'),
    value: ctx.query.get('au'),
    validate: (day) => (day && from.value && day < from.value ? t('calls.range_invalid') : null),
  });
  const form = createForm({
    fields: [from, to],
    content: h('div', { class: 'field-row' }, from.element, to.element),
    submit: t('usage.apply'),
    onsubmit: async (values) => {
      ctx.setQuery({ du: values.from, au: values.to, periode: null });
      mark();
      changed();
    },
  });

  /** @param {string} name */
  function choose(name) {
    ctx.setQuery({ periode: name, du: null, au: null });
    mark();
    changed();
  }
  function mark() {
    const chosen = ctx.query.get('du') ? '' : (ctx.query.get('periode') ?? WINDOWS[1]);
    for (const [i, button] of buttons.entries())
      button.setAttribute('aria-pressed', String(WINDOWS[i] === chosen));
  }
  mark();
  return h(
    'div',
    { class: 'range-picker' },
    h('div', { class: 'actions', role: 'group', 'aria-label': t('usage.range') }, buttons),
    h(
      'details',
      { open: ctx.query.has('du') },
      h('summary', null, t('usage.custom_range')),
      form.element,
    ),
  );
}
