/** The same fields were saved by somebody else or in another tab: asks which text to keep, field by field. */
import { askDialog } from '../../../components/dialog/dialog.js';
import { choiceField } from '../../../components/field/field.js';
import { fieldValue } from '../../../components/request-view/request-view.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { findField, labelOf, pointerOf } from '../../../lib/product-form.js';

/**
 * @param {Contract['Product']} product
 * @param {import('../../../lib/autosave.js').Conflict[]} conflicts
 * @returns {Promise<Set<string>>} the names whose own text wins
 */
export async function askConflicts(product, conflicts) {
  /** @type {Set<string>} */
  let mine = new Set(conflicts.map((c) => c.name));
  const fields = conflicts.map((conflict) =>
    choiceField({
      name: conflict.name,
      label: labelOf(product, pointerOf(conflict.name)),
      value: 'mine',
      options: [
        {
          value: 'mine',
          label: t('conflict.mine'),
          hint: shown(product, conflict.name, conflict.mine),
        },
        {
          value: 'theirs',
          label: t('conflict.theirs'),
          hint: shown(product, conflict.name, conflict.theirs),
        },
      ],
    }),
  );
  await askDialog({
    title: t('conflict.title'),
    content: h('p', null, t('conflict.text')),
    fields,
    submit: t('conflict.submit'),
    onsubmit: async (values) => {
      mine = new Set(conflicts.map((c) => c.name).filter((name) => values[name] === 'mine'));
    },
  });
  return mine;
}

/**
 * @param {Contract['Product']} product
 * @param {string} name
 * @param {unknown} value
 */
function shown(product, name, value) {
  const field = findField(product, pointerOf(name))?.field;
  const whole =
    field && field.name === name ? fieldValue(field, value, product) : String(value ?? '');
  return whole === null || whole === '' ? t('common.not_given') : whole;
}
