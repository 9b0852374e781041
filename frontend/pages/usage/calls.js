/** The last calls with every detail: filters, search by request id, files of all of them. */
import { act } from '../../components/act/act.js';
import { exportButton } from '../../components/export-button/export-button.js';
import { loadedPart } from '../../components/loaded-part/loaded-part.js';
import { emptyState } from '../../components/page-states/page-states.js';
import { pagedList } from '../../components/pager/pager.js';
import { get } from '../../lib/api.js';
import { announce } from '../../lib/focus.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { FILTERS, filterForm, toTime } from './calls/filters.js';
import { callTable } from './calls/table.js';

/** @typedef {import('../../lib/router.js').Context} Context */

const FORMATS = /** @type {const} */ (['csv', 'json']);

const ENDPOINTS_MAX = 100;

/** @type {import('../../lib/router.js').Tab<{token: Contract['Token']}>} */
export default {
  id: 'appels',
  label: () => t('token.tab_calls'),
  isOpen: ({ token }) => token.permissions.includes('read_calls'),
  draw: callsPanel,
};

/**
 * @param {{token: Contract['Token']}} loaded
 * @param {Context} ctx
 */
function callsPanel({ token }, ctx) {
  const typed = () =>
    Object.fromEntries(
      Object.entries(FILTERS).map(([name, key]) => [name, ctx.query.get(key) ?? '']),
    );
  const chosen = () => {
    const { from, to, ...others } = typed();
    return { ...others, from: toTime(from), to: toTime(to) };
  };
  const refresh = h(
    'button',
    { type: 'button', onclick: act(() => calls.draw()) },
    t('calls.refresh'),
  );
  const acts = h('div', { class: 'actions calls-acts' }, refresh);

  const calls = loadedPart(async () => {
    const { data: first } = await get('/v1/tokens/{id}/calls', {
      params: { id: token.id },
      query: chosen(),
      signal: ctx.signal,
    });
    announce(t('calls.shown', { count: first.items.length }));
    acts.replaceChildren(refresh, ...(first.items.length > 0 ? files() : []));
    return first.items.length > 0 ? list(first) : nothing();
  });

  /** The filtered list as a file. */
  const files = () =>
    FORMATS.map((format) =>
      exportButton(t(`calls.export_${format}`), {
        order: () => ({ kind: 'calls', format, token_id: token.id, filters: chosen() }),
        signal: ctx.signal,
        plain: true,
      }),
    );

  /** @param {Contract['CallPage']} first */
  const list = (first) =>
    pagedList({
      first,
      more: async (cursor) =>
        (
          await get('/v1/tokens/{id}/calls', {
            params: { id: token.id },
            query: { ...chosen(), cursor },
          })
        ).data,
      draw: callTable,
    });

  const nothing = () =>
    Object.values(typed()).some(Boolean)
      ? emptyState({ title: t('calls.none_found'), text: t('calls.none_found_text') })
      : emptyState({ title: t('usage.none_title'), text: t('calls.none_text') });

  const form = loadedPart(async () => {
    const { data } = await get('/v1/tokens/{id}/endpoints', {
      params: { id: token.id },
      query: { limit: ENDPOINTS_MAX },
      signal: ctx.signal,
    });
    const paths = data.items.map((endpoint) => endpoint.path);
    return filterForm(ctx, typed(), paths, calls.draw);
  });

  void form.draw();
  void calls.draw();
  return h('div', null, h('h2', null, t('calls.title')), form.place, acts, calls.place);
}
