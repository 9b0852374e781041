/**
 * Fields: label, hint, control, and an error tied to the control.
 *
 *   textField({name: 'email', type: 'email', label: t('…'), autocomplete: 'email'})
 *   textArea({…, rows: 6})   selectField({…, options})   dateField({…})   numberField({…})
 *   checkboxField({…})       choiceField({…, options, multiple})
 *
 * Every field is required unless `optional`, which the label then says. All
 * give a `Field`; `form` collects them. `pointer` is the JSON pointer of the
 * value in the request body ("/contacts/technical/email"), by default "/name".
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { uniqueId } from '../../lib/focus.js';

/**
 * @typedef {object} FieldOptions
 * @property {string} name
 * @property {string} [id]                     by default one that no other element has
 * @property {import('../../lib/h.js').Child} label
 * @property {import('../../lib/h.js').Children} [hint]
 * @property {boolean} [optional]
 * @property {string} [pointer]
 * @property {any} [value]
 * @property {(value: any) => string | null} [validate]  null, or the sentence to show
 * @property {(value: any) => void} [oninput]
 * @property {boolean} [readonly]
 * @property {boolean} [secret]                never kept in the browser
 * @property {Record<string, any>} [attributes] more attributes of the control
 */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} pointer
 * @property {string} label
 * @property {boolean} secret
 * @property {HTMLElement} element    the whole: label, hint, error, control
 * @property {HTMLElement} control    what takes the focus
 * @property {any} value
 * @property {() => string | null} check
 * @property {(message: string | null) => void} setError
 */

/** @typedef {{value: string, label: import('../../lib/h.js').Child, hint?: import('../../lib/h.js').Children, disabled?: boolean, group?: string}} Option */

/** @param {FieldOptions & {type?: string, autocomplete?: string, inputmode?: string, maxlength?: number}} options */
export function textField(options) {
  const { type = 'text', autocomplete, inputmode, maxlength } = options;
  const control = h('input', { type, autocomplete, inputmode, maxlength, ...common(options) });
  return single(options, control, {
    read: () => control.value,
    write: (value) => {
      control.value = value ?? '';
    },
  });
}

/** @param {FieldOptions & {rows?: number, maxlength?: number}} options */
export function textArea(options) {
  const control = h('textarea', {
    rows: options.rows ?? 5,
    maxlength: options.maxlength,
    ...common(options),
  });
  return single(options, control, {
    read: () => control.value,
    write: (value) => {
      control.value = value ?? '';
    },
  });
}

/** A whole number; spaces between groups are welcome. @param {FieldOptions & {unit?: string}} options */
export function numberField(options) {
  const control = h('input', {
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'off',
    class: 'field-short',
    ...common(options),
  });
  const field = single(options, control, {
    read: () => parseWhole(control.value),
    write: (value) => {
      control.value = value === null || value === undefined ? '' : String(value);
    },
  });
  if (options.unit) control.after(h('span', { class: 'field-unit' }, ' ', options.unit));
  return field;
}

/** A day, as the browser's own picker types it (YYYY-MM-DD or null). @param {FieldOptions} options */
export function dateField(options) {
  const control = h('input', { type: 'date', class: 'field-date', ...common(options) });
  return single(options, control, {
    read: () => control.value || null,
    write: (value) => {
      control.value = value ?? '';
    },
  });
}

/**
 * @param {FieldOptions & {options: Option[], placeholder?: string}} options neighbours of one `group` stand
 *   under its name
 */
export function selectField(options) {
  const control = h(
    'select',
    { ...common(options), disabled: options.readonly },
    options.placeholder !== undefined && h('option', { value: '' }, options.placeholder),
    grouped(options.options),
  );
  return single(options, control, {
    read: () => control.value,
    write: (value) => {
      control.value = value ?? '';
    },
  });
}

/** @param {Option[]} options */
function grouped(options) {
  /** @type {HTMLElement[]} */
  const shown = [];
  for (const { value, label, disabled, group } of options) {
    const option = h('option', { value, disabled }, label);
    const last = shown.at(-1);
    if (!group) shown.push(option);
    else if (last?.getAttribute('label') === group) last.append(option);
    else shown.push(h('optgroup', { label: group }, option));
  }
  return shown;
}

/** One box, its label beside it. @param {FieldOptions} options */
export function checkboxField(options) {
  const id = options.id ?? uniqueId(options.name);
  const parts = surroundings(id, options);
  const control = h('input', {
    type: 'checkbox',
    id,
    name: options.name,
    disabled: options.readonly,
    ...options.attributes,
  });
  control.checked = Boolean(options.value);
  describe(control, parts);
  control.addEventListener('input', () => options.oninput?.(control.checked));
  const element = h(
    'div',
    { class: 'field field-check' },
    parts.error,
    h('div', { class: 'check' }, control, h('label', { for: id }, options.label)),
    parts.hint,
  );
  return field(
    options,
    element,
    control,
    parts.error,
    () => control.checked,
    (value) => {
      control.checked = Boolean(value);
    },
  );
}

/**
 * Radio buttons, or boxes with `multiple` (value: array of strings).
 * @param {FieldOptions & {options: Option[], multiple?: boolean}} options
 */
export function choiceField(options) {
  const id = options.id ?? uniqueId(options.name);
  const parts = surroundings(id, options);
  const boxes = options.options.map((o, index) => {
    const boxId = `${id}-${index}`;
    const box = h('input', {
      type: options.multiple ? 'checkbox' : 'radio',
      id: boxId,
      name: options.multiple ? boxId : id,
      value: o.value,
      disabled: options.readonly || o.disabled,
      'aria-describedby': o.hint ? `${boxId}-hint` : null,
    });
    const row = h(
      'div',
      { class: 'check' },
      box,
      h('label', { for: boxId }, o.label),
      o.hint && h('p', { class: 'field-hint', id: `${boxId}-hint` }, o.hint),
    );
    return { box, row };
  });
  const element = h(
    'fieldset',
    { class: 'field field-choices', 'aria-describedby': parts.describedBy },
    h('legend', null, options.label, optionalMark(options)),
    parts.hint,
    parts.error,
    boxes.map((b) => b.row),
  );
  const read = () => {
    const values = boxes.filter((b) => b.box.checked).map((b) => b.box.value);
    return options.multiple ? values : (values[0] ?? '');
  };
  element.addEventListener('input', () => options.oninput?.(read()));
  const control = boxes[0]?.box ?? element;
  return field(options, element, control, parts.error, read, (value) => {
    for (const { box } of boxes)
      box.checked = options.multiple ? (value ?? []).includes(box.value) : box.value === value;
  });
}

/** Digits as people type them: "12 000" → 12000; empty → null; else the text, for the server to refuse. @param {string} typed */
export function parseWhole(typed) {
  const digits = typed.replace(/[\s\u00a0\u202f]/g, '');
  if (digits === '') return null;
  return /^-?\d{1,15}$/.test(digits) ? Number(digits) : typed;
}

/** @param {any} value */
function isEmpty(value) {
  return (
    value === null ||
    value === undefined ||
    value === false ||
    value.length === 0 ||
    (typeof value === 'string' && value.trim() === '')
  );
}

/** @param {FieldOptions} options */
function common(options) {
  return {
    name: options.name,
    readonly: options.readonly,
    required: !options.optional,
    ...options.attributes,
  };
}

/**
 * @param {FieldOptions} options
 * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} control
 * @param {{read: () => any, write: (value: any) => void}} access
 */
function single(options, control, { read, write }) {
  const id = options.id ?? uniqueId(options.name);
  control.id = id;
  const parts = surroundings(id, options);
  describe(control, parts);
  control.addEventListener('input', () => options.oninput?.(read()));
  const element = h(
    'div',
    { class: 'field' },
    h('label', { for: id }, options.label, optionalMark(options)),
    parts.hint,
    parts.error,
    control,
  );
  return field(options, element, control, parts.error, read, write);
}

/**
 * @param {FieldOptions} options
 * @param {HTMLElement} element
 * @param {HTMLElement} control
 * @param {HTMLElement} error
 * @param {() => any} read
 * @param {(value: any) => void} write
 * @returns {Field}
 */
function field(options, element, control, error, read, write) {
  if (options.value !== undefined) write(options.value);
  return {
    name: options.name,
    pointer: options.pointer ?? `/${options.name}`,
    label: labelText(options.label),
    secret: options.secret ?? false,
    element,
    control,
    get value() {
      return read();
    },
    set value(value) {
      write(value);
    },
    check() {
      const value = read();
      if (isEmpty(value))
        return options.optional ? null : t('form.required', { label: labelText(options.label) });
      return options.validate?.(value) ?? null;
    },
    setError(message) {
      error.textContent = message ?? '';
      error.hidden = !message;
      element.classList.toggle('field-invalid', Boolean(message));
      if (message) control.setAttribute('aria-invalid', 'true');
      else control.removeAttribute('aria-invalid');
    },
  };
}

/** @param {import('../../lib/h.js').Child} label */
function labelText(label) {
  return label instanceof Node ? (label.textContent ?? '') : String(label ?? '');
}

/** @param {FieldOptions} options */
function optionalMark(options) {
  return options.optional && h('span', { class: 'field-optional' }, ' ', t('form.optional'));
}

/**
 * @param {string} id
 * @param {FieldOptions} options
 */
function surroundings(id, options) {
  const hint = options.hint
    ? h('div', { class: 'field-hint', id: `${id}-hint` }, options.hint)
    : null;
  const error = h('p', { class: 'field-error', id: `${id}-error`, hidden: true });
  return { hint, error, describedBy: [hint?.id, error.id].filter(Boolean).join(' ') };
}

/**
 * @param {HTMLElement} control
 * @param {{describedBy: string}} parts
 */
function describe(control, parts) {
  control.setAttribute('aria-describedby', parts.describedBy);
}
