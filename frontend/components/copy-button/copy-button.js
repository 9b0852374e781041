/**
 * Copies a text, and says so.
 *
 *   copyButton(() => token, t('token.copy'))
 */
import { act } from '../act/act.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

const SHOWN_MS = 3000;

/**
 * @param {() => string} read
 * @param {string} [label]
 */
export function copyButton(read, label = t('common.copy')) {
  const button = h('button', { type: 'button', onclick: act(copy) }, label);
  async function copy() {
    const copied = await navigator.clipboard.writeText(read()).then(
      () => true,
      () => false,
    );
    const said = t(copied ? 'common.copied' : 'common.copy_failed');
    button.textContent = said;
    announce(said);
    setTimeout(() => {
      button.textContent = label;
    }, SHOWN_MS);
  }
  return button;
}
