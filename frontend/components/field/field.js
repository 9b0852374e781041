/**
 * Fields: label, hint, control, and an error tied to the control.
 *
 *   textField({name: 'email', type: 'email', label: t('…'), autocomplete: 'email'})
 *   textArea({…, rows: 6})   selectField({…, options})   dateField({…})   numberField({…})
 *   checkboxField({…})       choiceField({…, options})   choicesField({…, options}): several
 *
 * Every field is required unless `optional`, which the label then says. All
 * give a `Field`; `form` collects them. `pointer` is the JSON pointer of the
 * value in the request body ("/contacts/technical/email"), by default "/name".
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { uniqueId } from '../../lib/focus.js';
import { plain } from '../../lib/typed.js';

/**
 * @template {string} N  the field's name
 * @template V           its value
 * @typedef {object} FieldOptions
 * @property {N} name
 * @property {string} [id]                     by default one that no other element has
 * @property {Child} label
 * @property {Children} [hint]
 * @property {boolean} [optional]
 * @property {string} [pointer]
 * @property {V | null} [value]
 * @property {(value: V) => string | null} [validate]  null, or the sentence to show
 * @property {(value: V) => void} [oninput]
 * @property {boolean} [readonly]
 * @property {boolean} [secret]                never kept in the browser
 * @property {Record<string, unknown>} [attributes] more attributes of the control
 */

/**
 * @template {string} [N=string]
 * @template [V=unknown]
 * @typedef {object} Field
 * @property {N} name
 * @property {string} pointer
 * @property {string} label
 * @property {boolean} secret
 * @property {HTMLElement} element    the whole: label, hint, error, control
 * @property {HTMLElement} control    what takes the focus
 * @property {V} value
 * @property {() => string | null} check
 * @property {(message: string | null) => void} setError
 */

/**
 * @template {string} [V=string]
 * @typedef {{value: V, label: Child, hint?: Children, disabled?: boolean, group?: string}} Option
 */

/**
 * @template {string} N
 * @param {FieldOptions<N, string> & {type?: string, autocomplete?: string, inputmode?: string, maxlength?: number}} options
 */
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

/**
 * @template {string} N
 * @param {FieldOptions<N, string> & {rows?: number, maxlength?: number}} options
 */
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

/**
 * A whole number; spaces between groups are welcome. What is no number stays text, for the server to refuse.
 * @template {string} N
 * @param {FieldOptions<N, number | string | null> & {unit?: string}} options
 */
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

/**
 * A day, as the browser's own picker types it (YYYY-MM-DD or null).
 * @template {string} N
 * @param {FieldOptions<N, string | null>} options
 */
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
 * Its value is that of an option; empty where the placeholder is chosen.
 * @template {string} N
 * @template {string} V
 * @param {FieldOptions<N, V> & {options: Option<V>[], placeholder?: string}} options neighbours of one `group`
 *   stand under its name
 */
export function selectField(options) {
  const control = h(
    'select',
    { ...common(options), disabled: options.readonly },
    options.placeholder !== undefined && h('option', { value: '' }, options.placeholder),
    grouped(options.options),
  );
  return single(options, control, {
    read: () => /** @type {V} */ (control.value),
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

/**
 * One box, its label beside it.
 * @template {string} N
 * @param {FieldOptions<N, boolean>} options
 */
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
 * Radio buttons.
 * @template {string} N
 * @template {string} V
 * @param {FieldOptions<N, V> & {options: Option<V>[]}} options
 */
export function choiceField(options) {
  const { boxes, finish } = choices(options, 'radio');
  const read = () => /** @type {V} */ (boxes.find((box) => box.checked)?.value ?? '');
  return finish(read, (value) => {
    for (const box of boxes) box.checked = box.value === value;
  });
}

/**
 * Boxes, of which several may be checked.
 * @template {string} N
 * @template {string} V
 * @param {FieldOptions<N, V[]> & {options: Option<V>[]}} options
 */
export function choicesField(options) {
  const { boxes, finish } = choices(options, 'checkbox');
  const read = () => boxes.filter((box) => box.checked).map((box) => /** @type {V} */ (box.value));
  return finish(read, (value) => {
    for (const box of boxes) box.checked = (value ?? []).includes(/** @type {V} */ (box.value));
  });
}

/**
 * @template {string} N
 * @template V
 * @param {FieldOptions<N, V> & {options: Option[]}} options
 * @param {'radio' | 'checkbox'} type
 */
function choices(options, type) {
  const id = options.id ?? uniqueId(options.name);
  const parts = surroundings(id, options);
  const rows = options.options.map((o, index) => {
    const boxId = `${id}-${index}`;
    const box = h('input', {
      type,
      id: boxId,
      name: type === 'checkbox' ? boxId : id,
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
    rows.map((r) => r.row),
  );
  const boxes = rows.map((r) => r.box);
  /**
   * @param {() => V} read
   * @param {(value: V | null) => void} write
   */
  const finish = (read, write) => {
    element.addEventListener('input', () => options.oninput?.(read()));
    return field(options, element, boxes[0] ?? element, parts.error, read, write);
  };
  return { boxes, finish };
}

/** Digits as people type them: "12 000" → 12000; empty → null; else the text, for the server to refuse. @param {string} typed */
export function parseWhole(typed) {
  const digits = plain(typed).replaceAll(' ', '');
  if (digits === '') return null;
  return /^-?\d{1,15}$/.test(digits) ? Number(digits) : typed;
}

/** @param {unknown} value */
function isEmpty(value) {
  return (
    value === null ||
    value === undefined ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === 'string' && value.trim() === '')
  );
}

/**
 * @template {string} N
 * @template V
 * @param {FieldOptions<N, V>} options
 */
function common(options) {
  return {
    name: options.name,
    readonly: options.readonly,
    required: !options.optional,
    ...options.attributes,
  };
}

/**
 * @template {string} N
 * @template V
 * @param {FieldOptions<N, V>} options
 * @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} control
 * @param {{read: () => V, write: (value: V | null) => void}} access
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
 * @template {string} N
 * @template V
 * @param {FieldOptions<N, V>} options
 * @param {HTMLElement} element
 * @param {HTMLElement} control
 * @param {HTMLElement} error
 * @param {() => V} read
 * @param {(value: V | null) => void} write
 * @returns {Field<N, V>}
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

/** @param {Child} label */
function labelText(label) {
  return label instanceof Node ? (label.textContent ?? '') : String(label ?? '');
}

/** @param {{optional?: boolean}} options */
function optionalMark(options) {
  return options.optional && h('span', { class: 'field-optional' }, ' ', t('form.optional'));
}

/**
 * @param {string} id
 * @param {{hint?: Children}} options
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
