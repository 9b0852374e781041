/** One text per sensitive scope that is chosen. */
import { textArea } from '../../../components/field/field.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { pointerOf, sensitiveScopes } from '../../../lib/product-form.js';

/** @typedef {import('../../../lib/product-form.js').FormField} FormField */
/** @typedef {import('../../../components/field/field.js').Field} Field */
/** @typedef {import('./block.js').Drawing} Drawing */

/**
 * One text per sensitive scope that is chosen now; texts already typed stay.
 * @param {HTMLElement} place
 * @param {FormField} field
 * @param {Drawing} drawing
 * @param {Field[]} fields
 */
export function drawJustifications(place, field, { product, saver, readonly, change }, fields) {
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
      value: current.scope_justifications[scope.id],
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
