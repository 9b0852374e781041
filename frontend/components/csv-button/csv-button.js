/**
 * Saves as a file what an address of the API gives as CSV.
 *
 *   csvButton(t('queue.export'), {read: () => getCsv('/v1/requests', {query}), name: 'demandes.csv'})
 *
 * Where that fails, what failed stands behind the button.
 */
import { ApiError } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { errorBox } from '../page-states/page-states.js';

/**
 * @param {string} label
 * @param {{read: () => Promise<{data: string | null}>, name: string}} file
 */
export function csvButton(label, { read, name }) {
  const button = h('button', { type: 'button', onclick: () => void save() }, label);
  let failure = /** @type {HTMLElement | null} */ (null);
  async function save() {
    button.setAttribute('aria-disabled', 'true');
    failure?.remove();
    try {
      const { data } = await read();
      const address = URL.createObjectURL(new Blob([data ?? ''], { type: 'text/csv' }));
      h('a', { href: address, download: name }).click();
      URL.revokeObjectURL(address);
      announce(t('common.file_ready'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failure = errorBox(error);
      button.after(failure);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  }
  return button;
}
