/**
 * Saves as a file what an address of the API gives as CSV.
 *
 *   csvButton(t('queue.export'), {read: () => getCsv('/v1/requests', {query}), name: 'demandes.csv'})
 */
import { act } from '../act/act.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

/**
 * @param {string} label
 * @param {{read: () => Promise<{data: string | null}>, name: string}} file
 */
export function csvButton(label, { read, name }) {
  return h('button', { type: 'button', onclick: act(save) }, label);

  async function save() {
    const { data } = await read();
    const address = URL.createObjectURL(new Blob([data ?? ''], { type: 'text/csv' }));
    h('a', { href: address, download: name }).click();
    URL.revokeObjectURL(address);
    announce(t('common.file_ready'));
  }
}
