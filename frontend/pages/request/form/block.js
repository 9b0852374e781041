/** The fields of one block, from the form's data; each tells the saver what was typed. */
import { fileUpload } from '../../../components/file-upload/file-upload.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { isShown } from '../../../lib/product-form.js';
import { drawField } from './fields.js';
import { drawJustifications } from './justifications.js';

/** @typedef {import('../../../lib/product-form.js').FormField} FormField */
/** @typedef {import('../../../components/field/field.js').Field} Field */
/**
 * @typedef {object} BlockOptions
 * @property {import('../../../lib/product-form.js').Block} block
 * @property {Contract['Product']} product
 * @property {Contract['Request']} request
 * @property {import('../../../lib/autosave.js').Autosave} saver
 * @property {boolean} readonly
 * @property {(files: Contract['Attachment'][]) => void} onfiles
 */

/** @typedef {BlockOptions & {change: (name: string, value: unknown) => void}} Drawing */

/** @param {BlockOptions} options */
export function blockFields(options) {
  const { block, product, saver, readonly, onfiles } = options;
  /** @type {Field[]} */
  const fields = [];
  const place = h('div', { class: 'request-form-fields' });
  /** @type {{field: FormField, element: HTMLElement}[]} */
  const drawn = [];
  const drawing = { ...options, change };

  /**
   * @param {string} name
   * @param {unknown} value
   */
  function change(name, value) {
    saver.change(name, value);
    showByRules();
  }
  function showByRules() {
    const current = saver.current;
    for (const { field, element } of drawn) {
      element.hidden = !isShown(field, product, current);
      if (field.type === 'scope_justifications')
        drawJustifications(element, field, drawing, fields);
    }
  }

  for (const field of block.fields) {
    const { element, own } = drawField(field, drawing);
    drawn.push({ field, element });
    fields.push(...own);
  }
  const files = block.attachments.map((a) =>
    fileUpload({
      requestId: options.request.id,
      ...a,
      files: (options.request.attachments ?? []).filter((f) => f.kind === a.kind),
      readonly,
      onchange: (list) =>
        onfiles([...saver.base.attachments.filter((f) => f.kind !== a.kind), ...list]),
    }),
  );
  replaceChildren(
    place,
    drawn.map((d) => d.element),
    files.map((f) => f.element),
  );
  showByRules();
  return { element: place, fields };
}
