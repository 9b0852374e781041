/** A decision is bound to what was read: where the file changed meanwhile, nothing is decided and it says what did. */
import { alert } from '../../../components/alert/alert.js';
import { historyTab } from '../../../components/request-history/request-history.js';
import { ApiError, get } from '../../../lib/api.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @type {Map<string, Contract['Request']>} the file as it was read when an act on it came too late, by id */
const readBefore = new Map();

/**
 * Runs an act on the file as it was read. One that comes too late (412) is no failure of the form: the page is
 * drawn again and shows what changed, with what was typed.
 * @param {Contract['Request']} request
 * @param {(etag: string) => Promise<unknown>} act
 */
export async function onWhatWasRead(request, act) {
  try {
    await act(`"${request.version}"`);
    readBefore.delete(request.id);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 412) throw error;
    readBefore.set(request.id, request);
  }
}

/** True once an act on it came too late. @param {Contract['Request']} request */
export const isStale = (request) => readBefore.has(request.id);

/**
 * What happened since it was read; null where no act came too late.
 * @param {Contract['Request']} request
 * @param {AbortSignal} signal
 */
export async function loadSince(request, signal) {
  const before = readBefore.get(request.id);
  if (!before) return null;
  const all = { params: { id: request.id }, query: { limit: 100 }, signal };
  const { data } = await get('/v1/requests/{id}/events', all);
  return data.items.filter((event) => event.at > before.updated_at);
}

/** @param {import('../file.js').Loaded} data */
export function sinceRead({ since, product }) {
  return (
    since &&
    h(
      'section',
      { 'aria-label': t('file.since_title') },
      alert('warning', t('file.since'), historyTab({ product, events: since })),
    )
  );
}
