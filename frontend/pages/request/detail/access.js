/** What the request opened: its habilitations and its token. */
import { habilitationBadge } from '../../../components/badge/badge.js';
import { emptyState } from '../../../components/page-states/page-states.js';
import { dataTable } from '../../../components/table/table.js';
import { dayElement } from '../../../lib/dates.js';
import { h } from '../../../lib/h.js';
import { rich, t } from '../../../lib/i18n.js';

/** @param {any} data */
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
        cell: (/** @type {any} */ x) => h('a', { href: `/habilitations/${x.id}` }, x.number),
      },
      {
        label: t('requests.state'),
        cell: (/** @type {any} */ x) => habilitationBadge(x.state),
      },
      { label: t('access.approved'), cell: (/** @type {any} */ x) => dayElement(x.approved_at) },
      {
        label: t('access.document'),
        cell: (/** @type {any} */ x) =>
          h(
            'a',
            { href: `/v1/habilitations/${x.id}/document`, download: `${x.number}.pdf` },
            t('access.download', { number: x.number }),
          ),
      },
    ],
  });
}

/** @param {any} data */
export function tokenTab({ request }) {
  if (!request.token_id)
    return emptyState({ title: t('access.no_token'), text: t('access.no_token_text') });
  return h(
    'div',
    null,
    h(
      'p',
      null,
      rich('access.token_text', {
        token: (text) => h('a', { href: `/jetons/${request.token_id}` }, text),
      }),
    ),
  );
}
