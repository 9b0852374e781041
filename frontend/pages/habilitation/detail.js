/** One habilitation: what was granted, to whom, on what ground; fit to be printed and filed. */
import { habilitationBadge } from '../../components/badge/badge.js';
import { breadcrumb } from '../../components/breadcrumb/breadcrumb.js';
import { requestView } from '../../components/request-view/request-view.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { get } from '../../lib/api.js';
import { dayElement } from '../../lib/dates.js';
import { formatSiret } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { getProduct } from '../../lib/products.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: ({ habilitation }) => t('habilitation.title', { number: habilitation.number }),
  load,
  render({ habilitation, product }) {
    const { id, number, content } = habilitation;
    // No request is sent without these two; the snapshot keeps the version of the terms.
    const agreed = { terms_accepted: true, dpo_informed: true };
    const snapshot = { ...content, ...habilitation, ...agreed };
    return h(
      'div',
      null,
      breadcrumb([
        { href: '/demandes', text: t('requests.title') },
        { href: `/demandes/${habilitation.request_id}`, text: habilitation.request_number },
        { text: number },
      ]),
      h(
        'div',
        { class: 'page-head' },
        h('h1', null, t('habilitation.title', { number })),
        habilitationBadge(habilitation.state),
      ),
      h(
        'p',
        { class: 'actions no-print' },
        h(
          'a',
          {
            class: 'button primary',
            href: `/v1/habilitations/${id}/document`,
            download: `${number}.pdf`,
          },
          t('access.download', { number }),
        ),
        habilitation.token_id &&
          h('a', { class: 'button', href: `/jetons/${habilitation.token_id}` }, t('access.token')),
      ),
      grantFacts(habilitation, product),
      h(
        'p',
        { class: 'small' },
        t('habilitation.confirmation'),
        ' ',
        h(
          'a',
          { href: `/confirmation/${habilitation.confirmation_code}` },
          habilitation.confirmation_code,
        ),
      ),
      requestView({
        product,
        request: snapshot,
        filledOnly: true,
        filePath: (file) => `/v1/habilitations/${id}/attachments/${file.id}`,
      }),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load({ params, signal }) {
  const { data: habilitation } = await get('/v1/habilitations/{id}', {
    params: { id: params.id },
    signal,
  });
  return { habilitation, product: await getProduct(habilitation.product) };
}

/**
 * Who, what, when: the same for the holder and for the public page.
 * @param {(Contract['Habilitation'] | Contract['HabilitationConfirmation']) & {revoked_at?: string | null}} grant
 * @param {Contract['Product']} product
 */
export function grantFacts(grant, product) {
  const labels = new Map(product.scopes.map((s) => [s.id, s.label]));
  const useCase = product.use_cases.find((u) => u.id === grant.use_case);
  return summaryList([
    [t('requests.organisation'), `${grant.organisation_name} (${formatSiret(grant.siret)})`],
    [t('request.product'), product.name],
    [t('request.use_case'), useCase?.name ?? grant.use_case],
    [t('habilitation.purpose'), grant.title],
    [t('access.approved'), dayElement(grant.approved_at)],
    grant.revoked_at && [t('habilitation.revoked'), dayElement(grant.revoked_at)],
    [
      t('habilitation.scopes'),
      h(
        'ul',
        null,
        grant.scopes.map((/** @type {string} */ s) => h('li', null, labels.get(s) ?? s)),
      ),
    ],
  ]);
}
