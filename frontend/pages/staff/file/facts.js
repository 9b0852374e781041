/** Whose file it is: the organisation, its ground, the applicant, the use case, the dates. */
import { summaryList } from '../../../components/summary-list/summary-list.js';
import { dayElement, timeElement } from '../../../lib/dates.js';
import { formatFormer, formatSiret, personName } from '../../../lib/format.js';
import { t } from '../../../lib/i18n.js';
import { useCaseOf } from '../../../lib/product-form.js';

/** @param {import('../file.js').Loaded} data */
export function facts({ request, product }) {
  const { organisation } = request;
  return summaryList([
    [t('requests.organisation'), `${organisation.name ?? ''} (${formatSiret(request.siret)})`],
    [
      t('file.eligibility'),
      organisation.eligibility_ground && t(`siret.ground_${organisation.eligibility_ground}`),
    ],
    [t('requests.applicant'), [personName(request.applicant), ' – ', request.applicant.email]],
    [t('request.use_case'), useCaseOf(product, request)?.name ?? request.use_case],
    [t('request.submitted'), request.submitted_at && timeElement(request.submitted_at)],
    request.decided_at && [t('request.decided'), dayElement(request.decided_at)],
    request.former && [t('request.former'), formatFormer(request.former)],
  ]);
}
