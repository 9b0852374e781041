/** The use cases of a product that one may ask for. */
import { dataTable } from '../../../components/table/table.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @param {Contract['Product']} product */
export function useCases(product) {
  const rows = product.use_cases.filter((u) => u.startable_by_applicant);
  return h(
    'section',
    null,
    h('h2', { id: 'cas' }, t('catalogue.use_cases')),
    h('p', null, t('catalogue.use_cases_text')),
    dataTable({
      caption: t('catalogue.use_cases'),
      rows,
      columns: [
        { label: t('request.use_case'), head: true, cell: useCaseName },
        {
          label: t('catalogue.for_what'),
          long: true,
          cell: (u) => u.description,
        },
        {
          label: t('catalogue.suggested'),
          number: true,
          cell: (u) => u.preselected_scopes.length,
        },
        {
          label: t('organisation.act'),
          cell: (u) =>
            h(
              'a',
              { href: `/demandes/nouvelle?produit=${product.id}&cas=${u.id}` },
              t('requests.start'),
              h('span', { class: 'visually-hidden' }, ` : ${u.name}`),
            ),
        },
      ],
    }),
  );
}

/** Several makers of software serve the same purpose. @param {Contract['UseCase']} useCase */
function useCaseName({ name, vendor_name: vendor }) {
  return [name, vendor && h('div', { class: 'small muted' }, t('catalogue.vendor', { vendor }))];
}
