/**
 * The data asked for, by group: open data is always included, locked data
 * stays as the use case set it, hidden data is not shown. A `Field` whose
 * value is the list of scope ids.
 *
 *   scopesField({product, useCase, label, value, oninput, readonly, id})
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/**
 * @param {{product: Contract['Product'], useCase: Contract['UseCase'] | null, label: string, value: string[], pointer: string, readonly: boolean, id: string, oninput: (ids: string[]) => void}} options
 * @returns {import('../field/field.js').Field<string, string[]>}
 */
export function scopesField({ product, useCase, label, value, pointer, readonly, id, oninput }) {
  const locked = new Set(useCase?.locked_scopes ?? []);
  const hidden = new Set(useCase?.hidden_scopes ?? []);
  const shown = product.scopes.filter((s) => !hidden.has(s.id));
  const error = h('p', { class: 'field-error', id: `${id}-error`, hidden: true });
  /** @type {Map<string, HTMLInputElement>} */
  const boxes = new Map();
  const groups = groupBy(shown.filter((s) => !s.open_data)).map(([name, scopes]) =>
    h(
      'fieldset',
      { class: 'scopes-group' },
      h('legend', null, name),
      scopes.map((s) => scopeRow(s)),
    ),
  );
  const open = shown.filter((s) => s.open_data);
  const element = h(
    'div',
    {
      class: 'field scopes-field',
      role: 'group',
      'aria-label': label,
      'aria-describedby': error.id,
    },
    error,
    groups,
    open.length > 0 &&
      h(
        'details',
        null,
        h('summary', null, t('scopes.open', { count: open.length })),
        h(
          'ul',
          null,
          open.map((s) => h('li', null, s.label)),
        ),
      ),
  );
  /** Ids kept although the list does not show them: hidden ones, older ones. */
  const kept = value.filter((scope) => !boxes.has(scope));

  /** @param {Contract['Scope']} scope */
  function scopeRow(scope) {
    const boxId = `${id}-${scope.id}`;
    const fixed = readonly || locked.has(scope.id);
    const box = h('input', {
      type: 'checkbox',
      id: boxId,
      disabled: fixed,
      'aria-describedby': `${boxId}-hint`,
    });
    box.checked = value.includes(scope.id);
    box.addEventListener('input', () => oninput(read()));
    boxes.set(scope.id, box);
    const notes = [
      scope.sensitive && t('scopes.sensitive'),
      locked.has(scope.id) && t(box.checked ? 'scopes.locked_in' : 'scopes.locked_out'),
      !locked.has(scope.id) &&
        useCase?.preselected_scopes.includes(scope.id) &&
        t('scopes.suggested'),
    ].filter(Boolean);
    return h(
      'div',
      { class: 'check' },
      box,
      h(
        'label',
        { for: boxId },
        scope.label,
        notes.length > 0 && h('span', { class: 'muted small' }, ` – ${notes.join(', ')}`),
      ),
      h('p', { class: 'field-hint', id: `${boxId}-hint` }, scope.description),
    );
  }
  function read() {
    return [...kept, ...[...boxes].filter(([, box]) => box.checked).map(([scope]) => scope)];
  }

  return {
    name: 'scopes',
    pointer,
    label,
    secret: false,
    element,
    control: [...boxes.values()].find((box) => !box.disabled) ?? element,
    get value() {
      return read();
    },
    set value(ids) {
      for (const [scope, box] of boxes) box.checked = ids.includes(scope);
    },
    check: () => null,
    setError(message) {
      error.textContent = message ?? '';
      error.hidden = !message;
      element.classList.toggle('field-invalid', Boolean(message));
    },
  };
}

/**
 * @param {Contract['Scope'][]} scopes
 * @returns {[string, Contract['Scope'][]][]}
 */
function groupBy(scopes) {
  /** @type {Map<string, Contract['Scope'][]>} */
  const groups = new Map();
  for (const scope of scopes) groups.set(scope.group, [...(groups.get(scope.group) ?? []), scope]);
  return [...groups];
}
