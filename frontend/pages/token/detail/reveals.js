/** Who saw the string of a token: shown to those who may see it too. */
import { loadedPart } from '../../../components/loaded-part/loaded-part.js';
import { pagedList } from '../../../components/pager/pager.js';
import { dataTable } from '../../../components/table/table.js';
import { get } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['Token']} token
 * @param {Context} ctx
 */
export function reveals(token, ctx) {
  const read = async (/** @type {string} */ cursor = '') => {
    const query = { limit: 20, ...(cursor && { cursor }) };
    return (
      await get('/v1/tokens/{id}/reveals', { params: { id: token.id }, query, signal: ctx.signal })
    ).data;
  };
  const { place, draw } = loadedPart(async () => {
    const first = await read();
    if (first.items.length === 0) return h('p', null, t('token.reveals_none'));
    return pagedList({ first, more: read, draw: table });
  });
  void draw();
  return h(
    'section',
    null,
    h('h2', null, t('token.reveals_title')),
    h('p', null, t('token.reveals_text')),
    place,
  );
}

/** @param {Contract['Reveal'][]} rows */
function table(rows) {
  return dataTable({
    caption: t('token.reveals_title'),
    rows,
    columns: [
      { label: t('token.reveals_at'), cell: (r) => timeElement(r.at) },
      { label: t('token.reveals_who'), head: true, cell: who },
      { label: t('token.reveals_how'), cell: (r) => t(`token.reveals_${r.how}`) },
      { label: t('token.reveals_address'), cell: (r) => r.address ?? '' },
    ],
  });
}

/** @param {Contract['Reveal']} row */
function who({ person, client_name: program, email }) {
  const name = email ?? (person ? personName(person) : t('token.reveals_gone'));
  return program ? t('token.reveals_by_program', { program, name }) : name;
}
