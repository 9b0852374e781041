/** One token: where it stands, the secret, its management, and what was called with it. */
import { alert } from '../../components/alert/alert.js';
import { tokenBadge } from '../../components/badge/badge.js';
import { breadcrumb } from '../../components/breadcrumb/breadcrumb.js';
import { summaryList } from '../../components/summary-list/summary-list.js';
import { tabs } from '../../components/tabs/tabs.js';
import { get } from '../../lib/api.js';
import { dayElement, formatDay, timeElement } from '../../lib/dates.js';
import { formatSiret } from '../../lib/format.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { managePanel } from './detail/manage.js';
import { withdrawal } from './detail/revocation.js';
import { reveals } from './detail/reveals.js';
import { secretPanel } from './detail/secret.js';
import { shownState } from './list.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: ({ token }) => t('token.title', { name: token.title || token.request_number }),
  load,
  render(loaded, ctx) {
    const { token } = loaded;
    return h(
      'div',
      null,
      breadcrumb([{ href: '/jetons', text: t('tokens.title') }, { text: token.request_number }]),
      h('h1', null, token.title || t('token.title', { name: token.request_number })),
      h('p', null, tokenBadge(shownState(token)), ' ', expectation(token)),
      notices(token, ctx),
      tabs(ctx, t('token.tabs'), [
        { id: 'jeton', label: t('token.tab_token'), draw: () => overview(loaded, ctx) },
        ...ctx.tabs
          .filter((tab) => tab.isOpen(loaded))
          .map((tab) => ({
            id: tab.id,
            label: tab.label(),
            draw: () => tab.draw(loaded, ctx),
          })),
      ]),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  const { data: token, etag } = await get('/v1/tokens/{id}', {
    params: { id: ctx.params.id },
    signal: ctx.signal,
  });
  const { data: product } = await get('/v1/products/{product}', {
    params: { product: token.product },
    signal: ctx.signal,
  });
  return { token, etag, product };
}

/** @param {Contract['Token']} token */
function expectation(token) {
  if (token.state === 'revoked' && token.revoked_at)
    return t('token.revoked_on', {
      day: formatDay(token.revoked_at),
      reason: token.revocation_reason ?? '',
    });
  if (token.state === 'expired') return t('token.expired_on', { day: formatDay(token.expires_at) });
  return t('token.nothing_to_do');
}

/**
 * @param {Contract['Token']} token
 * @param {Context} ctx
 */
function notices(token, ctx) {
  return [
    token.revocation_at &&
      alert(
        'warning',
        t('token.revocation_planned', { day: formatDay(token.revocation_at) }),
        token.permissions.includes('revoke') && withdrawal(token, token.revocation_at, ctx),
      ),
    token.state === 'active' && token.former_system && formerNotice(token.former_system),
    token.rotation &&
      alert(
        token.rotation.last_called_at ? 'warning' : 'information',
        t('token.overlap', { day: formatDay(token.rotation.good_until) }),
        h(
          'p',
          null,
          token.rotation.last_called_at
            ? [t('token.overlap_used'), ' ', timeElement(token.rotation.last_called_at)]
            : t('token.overlap_unused'),
        ),
      ),
  ];
}

/**
 * The string of the system that the token was moved from: what its owners have to do, and by when.
 * @param {NonNullable<Contract['Token']['former_system']>} former
 */
function formerNotice(former) {
  const words = { name: former.name, day: formatDay(former.good_until) };
  if (!former.is_good) return alert('information', t('token.former_over', words));
  return alert(
    'warning',
    t('token.former', words),
    h(
      'p',
      null,
      former.last_called_at
        ? [
            t('token.former_used', { count: former.calls }),
            ' ',
            timeElement(former.last_called_at),
            '. ',
          ]
        : [t('token.former_unused'), ' '],
      t('token.former_advice'),
    ),
  );
}

/**
 * @param {Loaded} loaded
 * @param {Context} ctx
 */
function overview(loaded, ctx) {
  const { token, product } = loaded;
  return h(
    'div',
    null,
    lifeBar(token),
    secretPanel(loaded),
    h('h2', null, t('token.facts')),
    summaryList([
      [t('token.organisation'), [token.organisation_name, ' – ', formatSiret(token.siret)]],
      [t('token.product'), product.name],
      [t('token.request'), h('a', { href: `/demandes/${token.request_id}` }, token.request_number)],
      [
        t('token.habilitation'),
        h('a', { href: `/habilitations/${token.habilitation_id}` }, t('token.habilitation_open')),
      ],
      [t('token.created'), dayElement(token.created_at)],
      [t('token.expires'), dayElement(token.expires_at)],
      token.state === 'active' &&
        Date.parse(token.prolongable_from) > Date.now() && [
          t('token.prolongable'),
          dayElement(token.prolongable_from),
        ],
    ]),
    h('h2', null, t('token.scopes')),
    h('p', null, t('token.scopes_text')),
    scopeList(token, product),
    managePanel(loaded, ctx),
    token.permissions.includes('read_calls') && reveals(token, ctx),
  );
}

/** @param {Contract['Token']} token @param {Contract['Product']} product */
function scopeList(token, product) {
  const labels = new Map(product.scopes.map((s) => [s.id, s.label]));
  return h(
    'ul',
    null,
    token.scopes.map((/** @type {string} */ id) =>
      h('li', null, labels.get(id) ?? h('code', null, id)),
    ),
  );
}

/** How much of its life is left, as a bar and in words. @param {Contract['Token']} token */
function lifeBar(token) {
  const start = Date.parse(token.created_at);
  const end = Date.parse(token.expires_at);
  const spent = Math.min(1, Math.max(0, (Date.now() - start) / (end - start)));
  const days = Math.max(0, Math.ceil((end - Date.now()) / 86_400_000));
  const text = t('token.days_left', { count: days });
  return h(
    'div',
    { class: 'life' },
    h('meter', {
      min: 0,
      max: 100,
      low: 17,
      optimum: 100,
      value: 100 - spent * 100,
      'aria-label': t('token.remaining'),
      'aria-valuetext': text,
    }),
    h('p', { class: 'small' }, text, ' – ', dayElement(token.expires_at)),
  );
}
