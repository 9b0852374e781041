/** What the request opened: its habilitations and its token. */
import { habilitationBadge } from '../../../components/badge/badge.js';
import { emptyState } from '../../../components/page-states/page-states.js';
import { dataTable } from '../../../components/table/table.js';
import { dayElement } from '../../../lib/dates.js';
import { h } from '../../../lib/h.js';
import { rich, t } from '../../../lib/i18n.js';

/** @param {import('../detail.js').Full} data */
export function habilitationsTab({ habilitations }) {
  if (habilitations.length === 0)
    return emptyState({
      title: t('access.no_habilitation'),
      text: t('access.no_habilitation_text'),
    });
  return dataTable({
    caption: t('request.tab_habilitations'),
    rows: habilitations,
    columns: [
      {
        label: t('requests.number'),
        head: true,
        cell: (x) => h('a', { href: `/habilitations/${x.id}` }, x.number),
      },
      {
        label: t('requests.state'),
        cell: (x) => habilitationBadge(x.state),
      },
      { label: t('access.approved'), cell: (x) => dayElement(x.approved_at) },
      {
        label: t('access.document'),
        cell: (x) =>
          h(
            'a',
            { href: `/v1/habilitations/${x.id}/document`, download: `${x.number}.pdf` },
            t('access.download', { number: x.number }),
          ),
      },
    ],
  });
}

/** @param {import('../detail.js').Full} data */
export function tokenTab({ tokenId }) {
  if (!tokenId) return emptyState({ title: t('access.no_token'), text: t('access.no_token_text') });
  return h(
    'div',
    null,
    h(
      'p',
      null,
      rich('access.token_text', {
        token: (text) => h('a', { href: `/jetons/${tokenId}` }, text),
      }),
    ),
  );
}
