/** The secret itself: asked for, shown masked, copied, with the line that uses it. */
import { act } from '../../../components/act/act.js';
import { alert } from '../../../components/alert/alert.js';
import { copyButton } from '../../../components/copy-button/copy-button.js';
import { post } from '../../../lib/api.js';
import { announce, focusOn } from '../../../lib/focus.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { exampleLine } from '../../../lib/example-call.js';

/** @param {{token: Contract['Token']}} loaded */
export function secretPanel({ token }) {
  if (token.state !== 'active') return null;
  if (!token.can_reveal)
    return alert(
      'information',
      token.who_to_ask.length > 0
        ? t('token.reveal_contacts', { names: token.who_to_ask.join(', ') })
        : t('token.reveal_no_contact'),
    );
  const place = h('div', { class: 'card' });
  const button = h(
    'button',
    { type: 'button', class: 'primary', onclick: act(reveal) },
    t('token.reveal'),
  );
  replaceChildren(place, h('p', null, t('token.reveal_text')), button);

  async function reveal() {
    const { data } = await post('/v1/tokens/{id}/reveal', { params: { id: token.id } });
    const shown = shownSecret(data.token, await exampleLine(token));
    replaceChildren(place, shown);
    focusOn(shown.querySelector('h2'));
  }
  return place;
}

/**
 * A secret on screen: masked until asked, copied without being shown, and the
 * line that uses it, which reads it from the environment.
 * @param {string} secret
 * @param {string} line
 */
export function shownSecret(secret, line) {
  const code = h('code', { class: 'secret' }, mask(secret));
  let masked = true;
  const toggle = h('button', { type: 'button', onclick: flip }, t('common.show'));
  function flip() {
    masked = !masked;
    code.textContent = masked ? mask(secret) : secret;
    toggle.textContent = masked ? t('common.show') : t('common.hide');
    if (!masked) announce(t('token.shown'));
  }
  return h(
    'div',
    null,
    h('h2', null, t('token.secret')),
    alert('warning', t('token.storage_advice')),
    h('p', null, code),
    h(
      'div',
      { class: 'actions' },
      copyButton(() => secret, t('token.copy')),
      toggle,
    ),
    h('h3', null, t('token.try')),
    h('p', null, t('token.try_text')),
    h('pre', { class: 'code', tabindex: '0' }, h('code', null, line)),
    copyButton(() => line.replace('$GUICHET_TOKEN', secret), t('token.copy_line')),
  );
}

/** @param {string} secret */
function mask(secret) {
  return `${secret.slice(0, 6)}${'•'.repeat(24)}${secret.slice(-4)}`;
}
