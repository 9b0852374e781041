/** Support's queue: who asks to join which organisation; everybody else by search; trusted domains. */
import { emptyState } from '../../components/page-states/page-states.js';
import { filterForm } from '../../components/list-search/list-search.js';
import { pagedList } from '../../components/pager/pager.js';
import { searchField } from '../../components/search-field/search-field.js';
import { get } from '../../lib/api.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { WORDS } from '../../lib/search.js';
import { caseCard } from './cases/case.js';
import { trustedDomains } from './cases/domains.js';

/** @typedef {import('../../lib/router.js').Context} Context */

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('support.title'),
  load,
  render(data, ctx) {
    return h(
      'div',
      null,
      h('h1', null, t('support.title')),
      h('p', { class: 'lead' }, t('support.text')),
      h('p', null, h('a', { href: '/comptes' }, t('accounts.look_up'))),
      search(ctx),
      data.found ? results(data.words, data.found, ctx) : queue(data, ctx),
      trustedDomains(),
    );
  },
};

/** @param {import('../../lib/router.js').Context} ctx */
async function load(ctx) {
  const words = WORDS.words(ctx.query.get('q'));
  if (words) return { words, found: await readPage(ctx, { q: words }) };
  const [suspended, reported, freeMail] = await Promise.all([
    readPage(ctx, { state: 'suspended' }),
    readPage(ctx, { reported: 'true' }),
    readPage(ctx, { free_mail: 'true' }),
  ]);
  return { suspended, reported, freeMail };
}

/** @param {Context} ctx */
function search(ctx) {
  const words = searchField({
    rule: WORDS,
    name: 'q',
    label: t('support.search'),
    value: ctx.query.get('q') ?? '',
  });
  const back = () => {
    ctx.setQuery({ q: '' });
    void ctx.reload();
  };
  return filterForm(
    ctx,
    words.element,
    () => (words.isReady() ? { q: words.words } : null),
    ctx.query.get('q') &&
      h('button', { type: 'button', class: 'plain', onclick: back }, t('support.back_to_queue')),
  );
}

/**
 * @param {string} words
 * @param {Contract['MembershipCasePage']} found
 * @param {Context} ctx
 */
function results(words, found, ctx) {
  return [
    h('h2', null, t('support.found', { words })),
    found.items.length === 0
      ? emptyState({ title: t('support.none_found'), text: t('support.none_found_text') })
      : cases(found, { q: words }, ctx),
  ];
}

/**
 * @param {Record<'suspended' | 'reported' | 'freeMail', Contract['MembershipCasePage']>} pages
 * @param {Context} ctx
 */
function queue({ suspended, reported, freeMail }, ctx) {
  return [
    h('h2', null, t('support.waiting')),
    suspended.items.length === 0
      ? emptyState({ title: t('support.none'), text: t('support.none_text') })
      : cases(suspended, { state: 'suspended' }, ctx),
    reported.items.length > 0 && [
      h('h2', null, t('support.reported')),
      h('p', null, t('support.reported_text')),
      cases(reported, { reported: 'true' }, ctx),
    ],
    freeMail.items.length > 0 && [
      h('h2', null, t('support.by_free_mail')),
      h('p', null, t('support.by_free_mail_text')),
      cases(freeMail, { free_mail: 'true' }, ctx),
    ],
  ];
}

/**
 * @param {Contract['MembershipCasePage']} first
 * @param {Record<string, string>} query
 * @param {Context} ctx
 */
function cases(first, query, ctx) {
  return pagedList({
    first,
    more: (cursor) => readPage(ctx, { ...query, cursor }),
    draw: (rows) =>
      h(
        'ul',
        { class: 'case-list' },
        rows.map((row) => h('li', { class: 'card' }, caseCard(row, ctx))),
      ),
  });
}

/**
 * @param {Context} ctx
 * @param {Record<string, string>} query
 */
async function readPage(ctx, query) {
  return (await get('/v1/memberships', { query, signal: ctx.signal })).data;
}
