/** Terms of use: of this site, then of each product (whose version each request records). */
import { prose } from '../../components/prose/prose.js';
import { formatVersion } from '../../lib/dates.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { getProduct, listProducts } from '../../lib/products.js';
import { settings } from '../../lib/settings.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('terms.title'),
  load,
  render: ({ site, products }) =>
    h(
      'div',
      { class: 'prose' },
      h('h1', null, t('terms.title')),
      h('p', { class: 'lead' }, t('terms.lead')),
      prose('terms.sections', { support: site.support_email }),
      h('h2', null, t('terms.versions')),
      h('p', null, t('terms.versions_text')),
      h(
        'ul',
        null,
        products.map((p) =>
          h(
            'li',
            null,
            h('a', { href: p.terms_url, rel: 'noopener noreferrer' }, p.name),
            ' – ',
            t('terms.version', { version: formatVersion(p.terms_version) }),
          ),
        ),
      ),
    ),
};

async function load() {
  const [site, products] = await Promise.all([settings(), listProducts()]);
  return { site, products: await Promise.all(products.map((p) => getProduct(p.id))) };
}
