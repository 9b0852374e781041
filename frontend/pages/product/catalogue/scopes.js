/** The data of a product by provider: what serves it, its endpoints, the state of the provider. */
import { badge, sandboxBadge } from '../../../components/badge/badge.js';
import { providerBadge } from '../../../components/provider-state/provider-state.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { plain } from '../../../lib/typed.js';

/**
 * @param {HTMLElement} place
 * @param {import('../catalogue.js').Loaded} data
 * @param {string} text
 */
export function draw(place, { product, endpoints, providers }, text) {
  const wanted = fold(text);
  const scopes = product.scopes.filter((s) =>
    fold(`${s.label} ${s.description} ${s.group}`).includes(wanted),
  );
  const groups = [...new Set(scopes.map((s) => providerName(s, providers)))].sort((a, b) =>
    String(a).localeCompare(String(b)),
  );
  replaceChildren(
    place,
    h('p', { class: 'muted' }, t('catalogue.found', { count: scopes.length })),
    groups.map((name) =>
      h(
        'section',
        { class: 'catalogue-provider' },
        heading(
          String(name),
          providers.find((p) => p.name === name),
        ),
        h(
          'ul',
          { class: 'catalogue-list' },
          scopes
            .filter((s) => providerName(s, providers) === name)
            .map((s) => scopeCard(s, product, endpoints)),
        ),
      ),
    ),
  );
  return scopes.length;
}

/**
 * @param {Contract['Scope']} scope
 * @param {Contract['Provider'][]} providers
 */
function providerName(scope, providers) {
  return providers.find((p) => p.id === scope.provider)?.name ?? t('catalogue.no_provider');
}

/**
 * @param {Contract['Scope']} scope
 * @param {Contract['Product']} product
 * @param {Contract['Endpoint'][]} endpoints
 */
function scopeCard(scope, product, endpoints) {
  const uses = product.use_cases.filter(
    (u) => u.startable_by_applicant && !u.vendor && u.preselected_scopes.includes(scope.id),
  );
  const own = endpoints.filter(
    (e) =>
      e.scopes_any_of.includes(scope.id) ||
      (scope.open_data && e.scopes_any_of.includes('open_data') && e.provider === scope.provider),
  );
  return h(
    'li',
    null,
    h('h3', null, scope.label),
    h(
      'p',
      null,
      scope.open_data
        ? badge('good', '○', t('catalogue.open'))
        : badge('information', '●', t('catalogue.protected')),
      scope.sensitive && [' ', badge('warning', '▲', t('catalogue.sensitive'))],
    ),
    h('p', null, scope.description),
    uses.length > 0 &&
      h(
        'p',
        { class: 'small' },
        t('catalogue.useful_for'),
        ' ',
        uses.map((u) => u.name).join(', '),
      ),
    own.length > 0 &&
      h(
        'details',
        null,
        h('summary', null, t('catalogue.endpoints', { count: own.length })),
        h(
          'ul',
          { class: 'small' },
          own.map((e) => h('li', null, e.summary, ' ', h('code', null, e.path))),
        ),
      ),
  );
}

/** Without accents or capitals. @param {string} text */
function fold(text) {
  return plain(text).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/**
 * @param {string} name
 * @param {Contract['Provider'] | undefined} provider
 */
function heading(name, provider) {
  return h(
    'h2',
    null,
    name,
    ' ',
    providerBadge(provider),
    provider?.sandbox && [' ', sandboxBadge()],
  );
}
