/**
 * A modal question. The browser's `<dialog>` keeps the focus inside and gives
 * it back; Escape cancels.
 *
 *   const done = await askDialog({title, content, fields, submit, danger, onsubmit})
 *
 * `onsubmit` may throw ApiError: it is shown inside and nothing is lost.
 * Resolves true once it succeeded, false when cancelled.
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { uniqueId } from '../../lib/focus.js';
import { createForm } from '../form/form.js';

/**
 * @template {readonly import('../field/field.js').Field[]} F
 * @typedef {object} DialogOptions
 * @property {string} title
 * @property {Children} [content] what will happen, what will be lost
 * @property {F} [fields]
 * @property {Children} [formContent] default: the fields in order
 * @property {string} submit
 * @property {string} [cancel] default: « Annuler »
 * @property {boolean} [danger]
 * @property {Record<number, string>} [wrong] as in `form`
 * @property {(values: import('../form/form.js').Values<F>, extra: {idempotencyKey: string}) => Promise<void>} onsubmit
 */

/**
 * @template {readonly import('../field/field.js').Field[]} F
 * @param {DialogOptions<F>} options
 * @returns {Promise<boolean>}
 */
export function askDialog(options) {
  return new Promise((resolve) => {
    let done = false;
    const titleId = uniqueId('dialog');
    const form = createForm({
      fields: /** @type {F} */ (options.fields ?? []),
      content: options.formContent,
      submit: options.submit,
      danger: options.danger,
      wrong: options.wrong,
      secondary: h(
        'button',
        { type: 'button', onclick: () => dialog.close() },
        options.cancel ?? t('common.cancel'),
      ),
      onsubmit: async (values, extra) => {
        await options.onsubmit(values, extra);
        done = true;
        dialog.close();
      },
    });
    const dialog = h(
      'dialog',
      { class: 'dialog', 'aria-labelledby': titleId },
      h(
        'div',
        { class: 'dialog-box' },
        h('h2', { id: titleId }, options.title),
        options.content,
        form.element,
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(done);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
