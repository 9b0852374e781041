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
      value: getIn(request, field.name),
      readonly,
      me: session.account,
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
 * @param {FormField} field
 * @param {Drawing} drawing
 * @returns {Field}
 */
function drawSimple(field, { product, request, readonly, change }) {
  const useCase = useCaseOf(product, request);
  const common = {
    name: field.name,
    id: `champ-${field.name}`,
    label: field.label,
    hint: hintOf(field, useCase),
    pointer: pointerOf(field.name),
    optional: !field.required && !field.required_when,
    readonly,
    value: getIn(request, field.name),
    oninput: (/** @type {any} */ value) => change(field.name, value),
  };
  switch (field.type) {
    case 'long_text':
      return textArea({ ...common, maxlength: field.max_length });
    case 'integer':
      return numberField({ ...common, unit: field.unit });
    case 'date':
      return dateField(common);
    case 'boolean':
      return checkboxField({
        ...common,
        label: field.name === 'terms_accepted' ? termsLabel(field, product) : field.label,
      });
    case 'enum':
      return choiceField({ ...common, options: field.values ?? [] });
    case 'text_list':
      return textArea({
        ...common,
        rows: 3,
        value: (common.value ?? []).join('\n'),
        oninput: (typed) => change(field.name, [...new Set(linesOf(typed))]),
      });
    case 'scopes':
      return scopesField({ ...common, product, useCase, value: common.value ?? [] });
    default:
      return textField({
        ...common,
        type: { url: 'url', email: 'email', phone: 'tel' }[field.type] ?? 'text',
        maxlength: field.max_length,
        autocomplete: field.autocomplete ?? 'off',
      });
  }
}

/**
 * @param {FormField} field
 * @param {any} useCase
 */
function hintOf(field, useCase) {
  const example = useCase?.examples?.[field.name] ?? field.example;
  const date = field.type === 'date';
  return [
    field.hint && h('p', null, field.hint),
    example && !date && h('p', null, t('form.example', { example })),
  ].filter(Boolean);
}

/**
 * @param {FormField} field
 * @param {any} product
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
