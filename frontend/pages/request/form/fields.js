/** One field of the form's data as its control. */
import { contactField } from '../../../components/contact-field/contact-field.js';
import {
  checkboxField,
  choiceField,
  dateField,
  numberField,
  textArea,
  textField,
} from '../../../components/field/field.js';
import { scopesField } from '../../../components/scopes-field/scopes-field.js';
import { formatVersion } from '../../../lib/dates.js';
import { h } from '../../../lib/h.js';
import { rich, t } from '../../../lib/i18n.js';
import { getIn, pointerOf, useCaseOf } from '../../../lib/product-form.js';
import { session } from '../../../lib/store.js';

/** @typedef {import('../../../lib/product-form.js').FormField} FormField */
/** @typedef {import('../../../components/field/field.js').Field} Field */
/** @typedef {import('./block.js').Drawing} Drawing */

/**
 * @param {FormField} field
 * @param {Drawing} drawing
 * @returns {{element: HTMLElement, own: Field[]}}
 */
export function drawField(field, drawing) {
  const { product, request, readonly, change } = drawing;
  if (field.type === 'contact') {
    const contact = contactField({
      field,
      product,
      request,
      value: contactOf(request, field.name),
      readonly,
      me: session.me,
      oninput: (part, value) => change(`${field.name}.${part}`, value),
    });
    return { element: contact.element, own: contact.fields };
  }
  if (field.type === 'scope_justifications')
    return { element: h('div', { class: 'justifications', id: `champ-${field.name}` }), own: [] };
  const one = drawSimple(field, drawing);
  return { element: one.element, own: [one] };
}

/**
 * @param {Contract['Request']} request
 * @param {string} name
 * @returns {Partial<Contract['Contact']>}
 */
function contactOf(request, name) {
  return getIn(request, name) ?? {};
}

/** @type {Partial<Record<FormField['type'], string>>} */
const INPUT_TYPES = { url: 'url', email: 'email', phone: 'tel' };

/**
 * @param {FormField} field
 * @param {Drawing} drawing
 * @returns {Field}
 */
function drawSimple(field, { product, request, readonly, change }) {
  const useCase = useCaseOf(product, request);
  const value = getIn(request, field.name);
  const text = typeof value === 'string' ? value : null;
  const common = {
    name: field.name,
    id: `champ-${field.name}`,
    label: field.label,
    hint: hintOf(field, useCase),
    pointer: pointerOf(field.name),
    optional: !field.required && !field.required_when,
    readonly,
    oninput: (/** @type {unknown} */ typed) => change(field.name, typed),
  };
  switch (field.type) {
    case 'long_text':
      return textArea({ ...common, value: text, maxlength: field.max_length });
    case 'integer':
      return numberField({
        ...common,
        value: typeof value === 'number' ? value : text,
        unit: field.unit,
      });
    case 'date':
      return dateField({ ...common, value: text });
    case 'boolean':
      return checkboxField({
        ...common,
        value: value === true,
        label: field.name === 'terms_accepted' ? termsLabel(field, product) : field.label,
      });
    case 'enum':
      return choiceField({ ...common, value: text, options: field.values ?? [] });
    case 'text_list':
      return textArea({
        ...common,
        rows: 3,
        value: listOf(value).join('\n'),
        oninput: (typed) => change(field.name, [...new Set(linesOf(typed))]),
      });
    case 'scopes':
      return scopesField({ ...common, product, useCase, value: listOf(value) });
    default:
      return textField({
        ...common,
        value: text,
        type: INPUT_TYPES[field.type] ?? 'text',
        maxlength: field.max_length,
        autocomplete: field.autocomplete ?? 'off',
      });
  }
}

/** @param {unknown} value @returns {string[]} */
function listOf(value) {
  return Array.isArray(value) ? value.map(String) : [];
}

/**
 * @param {FormField} field
 * @param {Contract['UseCase'] | null} useCase
 */
function hintOf(field, useCase) {
  const example = useCase?.examples[field.name] ?? field.example;
  const date = field.type === 'date';
  return [
    field.hint && h('p', null, field.hint),
    example && !date && h('p', null, t('form.example', { example })),
  ].filter(Boolean);
}

/**
 * @param {FormField} field
 * @param {Contract['Product']} product
 */
function termsLabel(field, product) {
  return h(
    'span',
    null,
    field.label,
    ' ',
    rich(
      'request_form.terms',
      { terms: (text) => h('a', { href: '/cgu', target: '_blank' }, text) },
      { version: formatVersion(product.terms_version) },
    ),
  );
}

/** @param {string} text */
function linesOf(text) {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
