/**
 * One contact of a request: the form's `contact_fields`, with "Copier mes
 * coordonnées". Gives a list of `Field`s, drawn together in `element`.
 *
 *   contactField({field, product, request, value, readonly, me, oninput: (name, value) => {}})
 */
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { isShown, pointerOf } from '../../lib/product-form.js';
import { choiceField, textField } from '../field/field.js';

/** @typedef {Contract['FormField']} FormField */

/** @type {Record<string, string>} */
const INPUT_TYPES = { email: 'email', phone: 'tel' };
const COPIED = /** @type {const} */ (['given_name', 'family_name', 'email', 'phone', 'job_title']);

/**
 * @param {{field: FormField, product: Contract['Product'], request: FilledForm, value: Partial<Contract['Contact']>, readonly: boolean, me: Contract['Account'], oninput: (name: string, value: string) => void}} options
 */
export function contactField({ field, product, request, value, readonly, me, oninput }) {
  /** @type {Record<string, string>} */
  const current = { kind: 'person', ...withoutNulls(value) };
  const fields = product.form.contact_fields.map((part) => {
    const common = {
      name: part.name,
      label: part.label,
      hint: hintOf(part),
      value: current[part.name],
      pointer: `${pointerOf(field.name)}/${part.name}`,
      id: `champ-${field.name}.${part.name}`,
      optional: !part.required && !part.required_when,
      readonly,
      oninput: (/** @type {string} */ typed) => {
        current[part.name] = typed;
        show();
        if (!value?.kind && part.name !== 'kind') oninput('kind', current.kind);
        oninput(part.name, typed);
      },
    };
    if (part.type === 'enum') return choiceField({ ...common, options: part.values ?? [] });
    return textField({
      ...common,
      type: INPUT_TYPES[part.type] ?? 'text',
      maxlength: part.max_length,
      autocomplete: 'off',
    });
  });

  function show() {
    for (const [i, part] of product.form.contact_fields.entries())
      fields[i].element.hidden = !isShown(part, product, request, current);
  }
  function copyMine() {
    /** @type {Record<(typeof COPIED)[number] | 'kind', string | null>} */
    const mine = { ...me, kind: 'person' };
    for (const name of /** @type {const} */ (['kind', ...COPIED])) {
      const at = product.form.contact_fields.findIndex((f) => f.name === name);
      const value = mine[name];
      if (at < 0 || !value) continue;
      fields[at].value = value;
      current[name] = value;
      oninput(name, value);
    }
    show();
    announce(t('contact.copied', { label: field.label }));
  }

  show();
  const element = h(
    'fieldset',
    { class: 'field contact-field', id: `champ-${field.name}` },
    h('legend', null, field.label),
    field.hint && h('p', { class: 'field-hint' }, field.hint),
    !readonly &&
      h(
        'p',
        null,
        h(
          'button',
          { type: 'button', onclick: copyMine },
          t('contact.copy_mine'),
          h('span', { class: 'visually-hidden' }, ` : ${field.label}`),
        ),
      ),
    fields.map((f) => f.element),
  );
  return { element, fields };
}

/** @param {FormField} part */
function hintOf(part) {
  const example = part.example && t('form.example', { example: part.example });
  return [part.hint, part.hint && example && ' ', example].filter(Boolean);
}

/** @param {Partial<Contract['Contact']>} contact @returns {Record<string, string>} */
function withoutNulls(contact) {
  return Object.fromEntries(
    Object.entries(contact).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
