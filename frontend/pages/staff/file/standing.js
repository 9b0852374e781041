/** What stands between the reader, or anybody, and a decision. */
import { alert } from '../../../components/alert/alert.js';
import { personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** Why the reader may not judge it, or nothing can be granted. @param {Contract['Request']} request */
export function standing(request) {
  return [
    request.conflict && alert('warning', t(`file.conflict_${request.conflict}`)),
    !request.applicant_valid &&
      alert(
        'warning',
        t('file.no_applicant', { name: personName(request.applicant) }),
        request.permissions.includes('transfer') && h('p', null, t('file.no_applicant_transfer')),
      ),
  ];
}
