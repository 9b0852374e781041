/** A tab of the token: what was called with it. Limits now, figures and chart over a range, errors, alerts. */
import { csvButton } from '../../components/csv-button/csv-button.js';
import { loadingState } from '../../components/page-states/page-states.js';
import { ApiError, get, getCsv } from '../../lib/api.js';
import { startOfDay } from '../../lib/dates.js';
import { announce } from '../../lib/focus.js';
import { h, replaceChildren } from '../../lib/h.js';
import { poll } from '../../lib/poll.js';
import { t } from '../../lib/i18n.js';
import { alertsForm } from './usage/alerts.js';
import { exampleLine } from '../../lib/example-call.js';
import { providerNotice } from './usage/providers.js';
import { WINDOWS, rangePicker } from './usage/range-picker.js';
import { refreshedPart } from './usage/refreshed-part.js';
import { gauges } from './usage/gauges.js';
import { callsBehind, report } from './usage/report.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** The figures contain a call at once; the screen must show it within two seconds. */
const REFRESH_MS = 1500;
/** Limits and the state of providers change without calls too. */
const SURROUNDINGS_MS = 30_000;
const PROVIDERS_MAX = 100;

/** @type {import('../../lib/router.js').Tab<{token: Contract['Token']}>} */
export default {
  id: 'usage',
  label: () => t('token.tab_usage'),
  isOpen: ({ token }) => token.permissions.includes('read_usage'),
  draw: usagePanel,
};

/**
 * @param {{token: Contract['Token']}} loaded
 * @param {Context} ctx
 */
function usagePanel({ token }, ctx) {
  const params = { id: token.id };
  const limits = refreshedPart();
  const providers = refreshedPart();
  const figures = refreshedPart();
  replaceChildren(figures.place, loadingState());
  /** Number of the latest draw: older ones no longer show what they fetched. */
  let turns = 0;
  let surroundingsAt = 0;
  let totals = '';
  let line = '';

  const range = () => {
    const from = ctx.query.get('du');
    const to = ctx.query.get('au');
    return from && to
      ? { from: startOfDay(from), to: startOfDay(to, 1) }
      : { window: ctx.query.get('periode') ?? WINDOWS[1] };
  };

  // Outside of the parts that are redrawn, so that it keeps the focus.
  const file = {
    read: () => getCsv('/v1/tokens/{id}/usage', { params, query: range() }),
    name: 'consommation.csv',
  };
  const acts = h(
    'div',
    { class: 'actions calls-acts', hidden: true },
    csvButton(t('usage.export'), file),
  );

  /**
   * Polls the usage only; limits are fetched when its totals changed, limits and providers every
   * SURROUNDINGS_MS.
   * @param {boolean} quiet a refresh: nothing is said, nothing moves
   */
  async function draw(quiet) {
    const mine = ++turns;
    const isLatest = () => mine === turns;
    const isCalled = await drawFigures(quiet, isLatest);
    if (isLatest() && (isCalled || Date.now() - surroundingsAt > SURROUNDINGS_MS))
      await drawSurroundings(isLatest);
  }

  /** @param {() => boolean} isLatest */
  async function drawSurroundings(isLatest) {
    const { signal } = ctx;
    const product = { product: token.product };
    const query = { limit: PROVIDERS_MAX };
    const isDue = Date.now() - surroundingsAt > SURROUNDINGS_MS;
    try {
      const [now, health] = await Promise.all([
        get('/v1/tokens/{id}/limits', { params, signal }),
        isDue ? get('/v1/products/{product}/providers', { params: product, query, signal }) : null,
      ]);
      if (!isLatest()) return;
      limits.show(now.data.items, gauges);
      if (!health) return;
      surroundingsAt = Date.now();
      providers.show(health.data.items, providerNotice);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /**
   * @param {boolean} quiet
   * @param {() => boolean} isLatest
   * @returns {Promise<boolean>} whether the totals changed
   */
  async function drawFigures(quiet, isLatest) {
    try {
      const options = { params, query: range(), signal: ctx.signal };
      const { data } = await get('/v1/tokens/{id}/usage', options);
      if (data.totals.calls === 0) line ||= await exampleLine(token);
      if (!isLatest()) return false;
      acts.hidden = data.totals.calls === 0;
      if (!(quiet && figures.place.contains(document.activeElement)))
        figures.show(data, () =>
          report(data, { token, line, links: callsBehind(token, ctx, data) }),
        );
      if (!quiet) announce(t('usage.shown', { count: data.totals.calls }));
      const former = totals;
      totals = JSON.stringify(data.totals);
      return totals !== former;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!quiet && error.kind !== 'aborted' && isLatest()) figures.fail(error, () => draw(false));
      return false;
    }
  }

  void draw(false).then(() =>
    poll(() => draw(true), {
      everyMs: REFRESH_MS,
      signal: ctx.signal,
      isWanted: () => figures.place.isConnected,
    }),
  );
  return h(
    'div',
    null,
    providers.place,
    h('h2', null, t('usage.limits')),
    limits.place,
    h('h2', null, t('usage.figures')),
    rangePicker(ctx, () => void draw(false)),
    acts,
    figures.place,
    token.permissions.includes('set_alerts') && alertsForm(token, ctx),
  );
}
