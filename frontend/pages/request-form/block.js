/** The fields of one block, from the form's data; each tells the saver what was typed. */
import { contactField } from '../../components/contact-field/contact-field.js';
import {
  checkboxField,
  choiceField,
  dateField,
  numberField,
  textArea,
  textField,
} from '../../components/field/field.js';
import { fileUpload } from '../../components/file-upload/file-upload.js';
import { scopesField } from '../../components/scopes-field/scopes-field.js';
import { formatVersion } from '../../lib/dates.js';
import { h, replaceChildren } from '../../lib/h.js';
import { rich, t } from '../../lib/i18n.js';
import { getIn, isShown, pointerOf, sensitiveScopes, useCaseOf } from '../../lib/product-form.js';
import { session } from '../../lib/store.js';

/** @typedef {import('../../lib/product-form.js').FormField} FormField */
/** @typedef {import('../../components/field/field.js').Field} Field */

/**
 * @typedef {object} BlockOptions
 * @property {import('../../lib/product-form.js').Block} block
 * @property {any} product
 * @property {any} request
 * @property {import('../../lib/autosave.js').Autosave} saver
 * @property {boolean} readonly
 * @property {(files: any[]) => void} onfiles
 */

/** @typedef {BlockOptions & {change: (name: string, value: any) => void}} Drawing */

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
   * @param {any} value
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
      files: (options.request.attachments ?? []).filter(
        (/** @type {any} */ f) => f.kind === a.kind,
      ),
      readonly,
      onchange: (list) =>
        onfiles([
          ...saver.base.attachments.filter((/** @type {any} */ f) => f.kind !== a.kind),
          ...list,
        ]),
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

/**
 * @param {FormField} field
 * @param {Drawing} drawing
 * @returns {{element: HTMLElement, own: Field[]}}
 */
function drawField(field, drawing) {
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
 * One text per sensitive scope that is chosen now; texts already typed stay.
 * @param {HTMLElement} place
 * @param {FormField} field
 * @param {Drawing} drawing
 * @param {Field[]} fields
 */
function drawJustifications(place, field, { product, saver, readonly, change }, fields) {
  const current = saver.current;
  const wanted = sensitiveScopes(product, current);
  const there = place.dataset.scopes;
  const now = wanted.map((s) => s.id).join(' ');
  if (there === now) return;
  place.dataset.scopes = now;
  const texts = wanted.map((scope) =>
    textArea({
      name: `${field.name}.${scope.id}`,
      id: `champ-${field.name}.${scope.id}`,
      label: t('scopes.justify', { scope: scope.label }),
      hint: scope.justification_hint,
      pointer: `${pointerOf(field.name)}/${scope.id}`,
      value: getIn(current, `${field.name}.${scope.id}`),
      maxlength: field.max_length,
      readonly,
      oninput: (value) => change(`${field.name}.${scope.id}`, value),
    }),
  );
  const kept = fields.filter((f) => !f.pointer.startsWith(`${pointerOf(field.name)}/`));
  fields.splice(0, fields.length, ...kept, ...texts);
  replaceChildren(
    place,
    wanted.length > 0 && h('h2', null, field.label),
    field.hint && h('p', null, field.hint),
    texts.map((f) => f.element),
  );
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
