/**
 * A new password: its rules shown and ticked while one types, and a button
 * that shows what was typed. Common passwords are for the server to refuse.
 *
 *   passwordField({name, label, identity: () => [email, givenName, familyName]})
 */
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { plain } from '../../lib/typed.js';
import { textField } from '../field/field.js';

const PASSWORD_MIN = 12;
const PASSWORD_MAX = 128;
const NAME_LENGTH_MIN = 4;
const ADDRESS_LENGTH_MIN = 3;

/**
 * @typedef {{id: 'length' | 'identity', ok: boolean}} Rule
 * @param {string} password
 * @param {string[]} identity e-mail and names
 * @returns {Rule[]}
 */
export function passwordRules(password, identity) {
  const length = [...password.normalize('NFC')].length;
  const lower = password.normalize('NFC').toLowerCase();
  const forbidden = identity.map(forbiddenPart).filter((part) => part !== '');
  return [
    { id: 'length', ok: length >= PASSWORD_MIN && length <= PASSWORD_MAX },
    { id: 'identity', ok: password !== '' && !forbidden.some((part) => lower.includes(part)) },
  ];
}

/**
 * What must not be in the password: a name, or the local part of an address.
 * @param {string} text
 */
function forbiddenPart(text) {
  const [part] = plain(text).toLowerCase().split('@');
  return [...part].length >= (text.includes('@') ? ADDRESS_LENGTH_MIN : NAME_LENGTH_MIN)
    ? part
    : '';
}

/**
 * @template {string} N
 * @param {{name: N, label: string, identity: () => string[], pointer?: string}} options
 */
export function passwordField({ name, label, identity, pointer }) {
  const rows = { length: h('li'), identity: h('li') };
  const rules = h(
    'ul',
    { class: 'password-rules' },
    rows.length,
    rows.identity,
    h('li', null, '– ', t('password.rule_common')),
  );
  const field = textField({
    name,
    label,
    pointer,
    type: 'password',
    autocomplete: 'new-password',
    secret: true,
    hint: rules,
    oninput: draw,
    validate: (value) => {
      const broken = passwordRules(value, identity()).find((rule) => !rule.ok);
      if (broken?.id !== 'length') return broken ? t('password.broken_identity') : null;
      const count = [...value.normalize('NFC')].length;
      return t(count < PASSWORD_MIN ? 'password.broken_short' : 'password.broken_long', { count });
    },
  });
  const input = /** @type {HTMLInputElement} */ (field.control);
  const show = h(
    'button',
    { type: 'button', class: 'plain', 'aria-pressed': 'false', onclick: toggle },
    t('password.show'),
  );
  input.after(show);

  function draw() {
    for (const { id, ok } of passwordRules(input.value, identity())) {
      rows[id].className = ok ? 'password-ok' : '';
      rows[id].textContent = `${ok ? '✓' : '–'} ${t(`password.rule_${id}`)}`;
    }
  }
  function toggle() {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    show.setAttribute('aria-pressed', String(shown));
  }

  draw();
  return field;
}

/**
 * A hidden username field that tells password managers which account a form is about.
 * @param {string} email
 */
export function usernameHint(email) {
  return h('input', {
    type: 'email',
    autocomplete: 'username',
    value: email,
    readonly: true,
    hidden: true,
  });
}
