/** What is expected, from whom, by when: the first thing to read about a request. */
import { alert } from '../../components/alert/alert.js';
import { formatDay } from '../../lib/dates.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';

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

/** @param {any} data */
export function expectation({ request, decisions }) {
  const may = (/** @type {string} */ act) => Boolean(request.permissions?.includes(act));
  const last = newest(decisions ?? []);
  const reason = ['changes_requested', 'refused', 'revoked'].includes(request.state)
    ? last?.reason
    : last?.outcome === 'approve' && request.state === 'approved'
      ? last.message
      : null;
  return alert(
    TONES[request.state] ?? 'information',
    sentence(request, may),
    reason && h('blockquote', { class: 'request-reason' }, reason),
    request.state === 'approved' &&
      last?.refused_scopes?.length > 0 &&
      h(
        'p',
        null,
        t('request.partial', { count: last.refused_scopes.length }),
        last.reason && ` ${last.reason}`,
      ),
  );
}

/**
 * @param {any} request
 * @param {(act: string) => boolean} may
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
  if (request.state === 'submitted' && request.expected_decision_at)
    return t('request.expect_submitted_by', { day: formatDay(request.expected_decision_at) });
  return t(`request.expect_${request.state}`);
}

/** @param {any[]} decisions */
function newest(decisions) {
  return [...decisions].sort((a, b) => (a.decided_at < b.decided_at ? 1 : -1))[0];
}
