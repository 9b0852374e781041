/**
 * A form: checks, an error summary with links, the server's errors shown at their
 * fields, and a draft that is kept until the request succeeds.
 *
 *   const form = createForm({
 *     keep: 'inscription',              // what was typed survives a reload (no secrets)
 *     fields: [email, password],        // Field objects; values by name
 *     content: [email.element, …],      // default: the fields in order
 *     submit: t('signup.submit'),
 *     onsubmit: async (values, {idempotencyKey}) => { … },   // may throw ApiError
 *   });
 *   root.append(form.element)
 */
import { ApiError, newIdempotencyKey } from '../../lib/api.js';
import { focusOn } from '../../lib/focus.js';
import { h, replaceChildren } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { forget, recall, remember } from '../../lib/drafts.js';
import { errorBox } from '../page-states/page-states.js';

/** @typedef {import('../field/field.js').Field} Field */

/**
 * The values of the fields by their names, each of its field's type.
 * @template {readonly Field[]} F
 * @typedef {{[X in F[number] as X['name']]: X['value']}} Values
 */

/**
 * @template {readonly Field[]} F
 * @typedef {object} FormOptions
 * @property {F} fields
 * @property {Children} [content]
 * @property {string} submit
 * @property {(values: Values<F>, extra: {idempotencyKey: string}) => Promise<void>} onsubmit
 * @property {string} [keep]
 * @property {Record<number, string>} [wrong]   sentences for statuses that mean something here
 * @property {boolean} [danger]
 * @property {Children} [secondary]  beside the button
 */

/**
 * @template {readonly Field[]} F
 * @param {FormOptions<F>} options
 */
export function createForm(options) {
  const { fields } = options;
  const summary = h('div', { class: 'error-summary-place' });
  const button = h(
    'button',
    { type: 'submit', class: options.danger ? 'primary danger' : 'primary' },
    options.submit,
  );
  const element = h(
    'form',
    { novalidate: true, onsubmit: onSubmit },
    summary,
    options.content ?? fields.map((f) => f.element),
    h('div', { class: 'actions' }, button, options.secondary),
  );
  let busy = false;
  let idempotencyKey = newIdempotencyKey();

  if (options.keep) recallInto(fields, options.keep);
  element.addEventListener('input', () => {
    idempotencyKey = newIdempotencyKey();
    if (options.keep) remember(options.keep, valuesOf(fields.filter((f) => !f.secret)));
  });

  /** @param {Event} event */
  function onSubmit(event) {
    event.preventDefault();
    void submit();
  }

  async function submit() {
    if (busy) return;
    const wrong = checkFields(fields);
    if (wrong.length > 0) return showErrors(summary, wrong);
    setBusy(true);
    try {
      replaceChildren(summary);
      await options.onsubmit(valuesOf(fields), { idempotencyKey });
      if (options.keep) forget(options.keep);
    } catch (error) {
      showFailure(summary, fields, error, options.wrong);
    } finally {
      setBusy(false);
    }
  }

  /** @param {boolean} on */
  function setBusy(on) {
    busy = on;
    button.setAttribute('aria-disabled', String(on));
    button.textContent = on ? t('form.sending') : options.submit;
  }

  return { element };
}

/**
 * Shows the error summary. A single error focuses its field; several focus the summary, which links to
 * each field.
 * @param {HTMLElement} place
 * @param {{field?: Field, message: string}[]} errors
 */
export function showErrors(place, errors) {
  const title = h('h2', null, t('form.summary', { count: errors.length }));
  const box = h(
    'div',
    { class: 'error-summary', role: 'alert', tabindex: '-1' },
    title,
    h(
      'ul',
      null,
      errors.map(({ field, message }) =>
        h('li', null, field ? summaryLink(field, message) : message),
      ),
    ),
  );
  replaceChildren(place, box);
  const [{ field }] = errors;
  if (errors.length === 1 && field) focusOn(field.control);
  else focusOn(box);
}

/**
 * @param {HTMLElement} place
 * @param {readonly Field[]} fields
 * @param {unknown} error
 * @param {Record<number, string>} [wrong]
 */
function showFailure(place, fields, error, wrong) {
  if (!(error instanceof ApiError)) throw error;
  if (error.kind === 'aborted') return;
  const known = wrong?.[error.status];
  if (known) return showErrors(place, [{ message: known }]);
  if (error.fields.size === 0) {
    const box = errorBox(error);
    replaceChildren(place, box);
    focusOn(box);
    return;
  }
  const found = [...error.fields.values()].map(({ pointer, message }) => {
    const field =
      fields.find((f) => f.pointer === pointer) ??
      fields.find((f) => pointer.startsWith(`${f.pointer}/`));
    field?.setError(message);
    return { field, message };
  });
  showErrors(place, found);
}

/** Clears the old errors, shows the new ones at their fields. @param {readonly Field[]} fields */
function checkFields(fields) {
  /** @type {{field: Field, message: string}[]} */
  const wrong = [];
  for (const field of fields) {
    const message = field.check();
    field.setError(message);
    if (message) wrong.push({ field, message });
  }
  return wrong;
}

/**
 * @template {readonly Field[]} F
 * @param {F} fields
 * @returns {Values<F>}
 */
function valuesOf(fields) {
  return /** @type {Values<F>} */ (Object.fromEntries(fields.map((f) => [f.name, f.value])));
}

/**
 * @param {Field} field
 * @param {string} message
 */
function summaryLink(field, message) {
  return h(
    'a',
    {
      href: `#${field.control.id}`,
      onclick: (/** @type {Event} */ event) => {
        event.preventDefault();
        field.element.scrollIntoView({ block: 'center' });
        focusOn(field.control);
      },
    },
    message,
  );
}

/**
 * @param {readonly Field[]} fields
 * @param {string} key
 */
function recallInto(fields, key) {
  const kept = recall(key);
  if (!kept) return;
  for (const field of fields) {
    if (!field.secret && kept[field.name] !== undefined) field.value = kept[field.name];
  }
}
