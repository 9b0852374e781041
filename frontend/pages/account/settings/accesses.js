/** Who looked at one's account and requests: by which service. */
import { pagedList } from '../../../components/pager/pager.js';
import { dataTable } from '../../../components/table/table.js';
import { get } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @param {Contract['OwnAccessPage']} first */
export function accessesSection(first) {
  return [
    h('p', null, t('account.accesses_text')),
    first.items.length === 0
      ? h('p', { class: 'muted' }, t('account.accesses_none'))
      : pagedList({
          first,
          more: async (cursor) => (await get('/v1/account/access-log', { query: { cursor } })).data,
          draw: table,
        }),
  ];
}

/** @param {Contract['OwnAccess'][]} rows */
function table(rows) {
  return dataTable({
    caption: t('account.accesses'),
    rows,
    columns: [
      { label: t('account.accesses_at'), cell: (e) => timeElement(e.at) },
      {
        label: t('account.accesses_what'),
        head: true,
        cell: (e) => t(`access_log.kinds.${e.action}`),
      },
      { label: t('account.accesses_by'), cell: serviceName },
      {
        label: t('account.accesses_request'),
        cell: (e) =>
          e.request ? h('a', { href: `/demandes/${e.request.id}` }, e.request.number) : '',
      },
    ],
  });
}

/** @param {Contract['OwnAccess']} access */
function serviceName({ service, product }) {
  const name = t(`account.services.${service}`);
  return product ? t('account.service_of', { service: name, product }) : name;
}
