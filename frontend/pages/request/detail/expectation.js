/** What is expected, from whom, by when: the first thing to read about a request. */
import { alert } from '../../../components/alert/alert.js';
import { formatDay, isBeforeToday } from '../../../lib/dates.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @type {Record<string, 'good' | 'warning' | 'bad' | 'information'>} */
const TONES = {
  draft: 'information',
  submitted: 'information',
  changes_requested: 'warning',
  approved: 'good',
  refused: 'bad',
  revoked: 'bad',
  archived: 'information',
};

/** @param {import('../detail.js').Loaded} data */
export function expectation({ request, decisions, events }) {
  const may = (/** @type {Contract['Act']} */ act) =>
    request.view === 'full' && request.permissions.includes(act);
  const last = newest(decisions);
  const back = wayBack(request, events);
  const reason = ['changes_requested', 'refused', 'revoked'].includes(request.state)
    ? last?.reason
    : (back?.reason ??
      (last?.outcome === 'approve' && request.state === 'approved' ? last.message : null));
  return alert(
    back ? 'warning' : (TONES[request.state] ?? 'information'),
    back ? t(`request.expect_back_${back.event}`) : sentence(request, may),
    request.reopened && request.state !== 'draft' && h('p', null, t('request.expect_still_open')),
    reason && h('blockquote', { class: 'request-reason' }, reason),
    request.state === 'approved' &&
      last !== undefined &&
      last.refused_scopes.length > 0 &&
      h(
        'p',
        null,
        t('request.partial', { count: last.refused_scopes.length }),
        last.reason && ` ${last.reason}`,
      ),
  );
}

/**
 * @param {Contract['RequestView']} request
 * @param {(act: Contract['Act']) => boolean} may
 */
function sentence(request, may) {
  if (request.state === 'draft')
    return t(
      request.reopened
        ? 'request.expect_reopened'
        : may('edit')
          ? 'request.expect_draft'
          : 'request.expect_draft_other',
    );
  if (request.state === 'changes_requested')
    return t(may('edit') ? 'request.expect_changes' : 'request.expect_changes_other');
  if (request.view === 'full' && request.state === 'submitted' && request.expected_decision_at) {
    if (isBeforeToday(request.expected_decision_at))
      return t(may('message') ? 'request.expect_submitted_late' : 'request.expect_submitted');
    return t('request.expect_submitted_by', { day: formatDay(request.expected_decision_at) });
  }
  if (request.state === 'refused' && request.view !== 'full')
    return t('request.expect_refused_contact');
  return t(`request.expect_${request.state}`);
}

/**
 * The act of the staff that ended a reopening and restored the approved request, if it is the last one.
 * @param {Contract['RequestView']} request
 * @param {Contract['Event'][]} events
 */
function wayBack(request, events) {
  if (request.state !== 'approved') return null;
  const last = [...events]
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .find(({ event }) => ['approve', 'refuse', 'cancel_reopening'].includes(event));
  return last?.as_staff && last.event !== 'approve' ? last : null;
}

/** @param {Contract['Decision'][]} decisions */
function newest(decisions) {
  return [...decisions].sort((a, b) => (a.decided_at < b.decided_at ? 1 : -1))[0];
}
