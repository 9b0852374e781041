/** Where the QR code of a document leads: confirms a habilitation, without personal data. */
import { alert } from '../../components/alert/alert.js';
import { habilitationBadge } from '../../components/badge/badge.js';
import { get } from '../../lib/api.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { getProduct } from '../../lib/products.js';
import { grantFacts } from './detail.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: ({ grant }) => t('habilitation.title', { number: grant.number }),
  load,
  render({ grant, product }) {
    return h(
      'div',
      null,
      h(
        'div',
        { class: 'page-head' },
        h('h1', null, t('habilitation.title', { number: grant.number })),
        habilitationBadge(grant.state),
      ),
      alert(
        grant.state === 'active' ? 'good' : 'warning',
        t(`habilitation.confirmed_${grant.state}`),
      ),
      grantFacts(grant, product),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load({ params, signal }) {
  const { data: grant } = await get('/v1/habilitation-confirmations/{code}', {
    params: { code: params.code },
    signal,
  });
  return { grant, product: await getProduct(grant.product) };
}
