/** What stands between the reader, or anybody, and a decision. */
import { alert } from '../../../components/alert/alert.js';
import { takeoverNotice } from '../../../components/request-acts/request-acts.js';
import { personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/**
 * Why the reader may not judge it, nothing can be granted, or somebody else has to act first.
 * @param {Contract['Request']} request
 * @param {import('../../../lib/router.js').Context} ctx
 */
export function standing(request, ctx) {
  return [
    request.conflict && alert('warning', t(`file.conflict_${request.conflict}`)),
    request.proposal &&
      alert('information', t('proposal.waits', { name: personName(request.proposal.proposed_by) })),
    takeoverNotice(request, ctx),
    !request.applicant_valid &&
      alert(
        'warning',
        t('file.no_applicant', { name: personName(request.applicant) }),
        request.permissions.includes('transfer') && h('p', null, t('file.no_applicant_transfer')),
      ),
  ];
}
