/**
 * Header and footer: name, where one may go, the organisation acted for, the
 * account, language and theme. Drawn again when the session changes and after
 * each page (current entry).
 *
 *   mountShell()
 */
import { act } from '../act/act.js';
import * as api from '../../lib/api.js';
import { formatSiret, personName } from '../../lib/format.js';
import { announce } from '../../lib/focus.js';
import { h, replaceChildren } from '../../lib/h.js';
import { LANGUAGES, language, setLanguage, t } from '../../lib/i18n.js';
import { navigate, redraw } from '../../lib/router.js';
import { session } from '../../lib/store.js';

const THEMES = ['auto', 'light', 'dark'];

export function mountShell() {
  draw();
  session.addEventListener('change', draw);
  document.getElementById('contenu')?.addEventListener('drawn', draw);
  document.addEventListener('click', closeOtherMenus);
  document.addEventListener('keydown', closeOnEscape);
}

function draw() {
  replaceChildren(place('entete'), header());
  replaceChildren(place('pied'), footer());
  const skip = document.querySelector('.skip-link');
  if (skip) skip.textContent = t('shell.skip');
}

/** @param {string} id */
function place(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

function header() {
  const nav = h(
    'nav',
    { id: 'navigation', 'aria-label': t('shell.nav') },
    h('ul', null, entries().map(navEntry)),
  );
  const toggle = h(
    'button',
    {
      type: 'button',
      class: 'shell-toggle',
      'aria-expanded': 'false',
      'aria-controls': 'navigation',
      onclick: () => toggleNav(toggle, nav),
    },
    t('shell.menu'),
  );
  return h(
    'div',
    { class: 'wrap shell-header' },
    h(
      'a',
      { href: '/', class: 'shell-name' },
      h('span', { class: 'shell-mark', 'aria-hidden': 'true' }),
      t('app.name'),
    ),
    toggle,
    nav,
    session.loggedIn
      ? h('div', { class: 'shell-account' }, organisationMenu(), accountMenu())
      : h('div', { class: 'shell-account shell-visitor' }, visitorLinks()),
  );
}

/** @returns {[string, string][]} href, text key */
function entries() {
  /** @type {[string, string][]} */
  const list = [];
  if (session.loggedIn) list.push(['/demandes', 'shell.requests'], ['/jetons', 'shell.tokens']);
  if (session.isStaff) list.push(['/instruction', 'shell.instruction']);
  if (session.hasRole('support', 'admin')) list.push(['/support', 'shell.support']);
  if (session.hasRole('manager', 'admin')) list.push(['/equipe', 'shell.staff']);
  list.push(['/catalogue', 'shell.catalogue'], ['/aide', 'shell.help']);
  return list;
}

/** @param {[string, string]} entry */
function navEntry([href, key]) {
  const here = location.pathname === href || location.pathname.startsWith(`${href}/`);
  return h('li', null, h('a', { href, 'aria-current': here ? 'page' : null }, t(key)));
}

function visitorLinks() {
  return [
    h('a', { href: '/connexion', class: 'button' }, t('shell.login')),
    h('a', { href: '/inscription', class: 'button primary shell-signup' }, t('shell.signup')),
  ];
}

function organisationMenu() {
  const { current } = session;
  if (!current) return h('a', { href: '/organisation' }, t('shell.no_organisation'));
  const others = session.active.filter((m) => m !== current);
  return menu(
    [
      h('span', { class: 'visually-hidden' }, t('shell.acting_for'), ' '),
      h('span', { class: 'shell-clip' }, organisationName(current)),
    ],
    [
      h('li', null, h('a', { href: '/organisation' }, t('shell.my_organisation'))),
      others.map((m) =>
        h(
          'li',
          null,
          h(
            'button',
            { type: 'button', onclick: act(() => switchTo(m)) },
            t('shell.switch_to', { name: organisationName(m) }),
          ),
        ),
      ),
    ],
  );
}

function accountMenu() {
  return menu(
    [
      h('span', { class: 'visually-hidden' }, t('shell.account_of'), ' '),
      h('span', { class: 'shell-clip' }, personName(session.me)),
    ],
    [
      h('li', null, h('a', { href: '/compte' }, t('shell.account'))),
      h('li', null, h('button', { type: 'button', onclick: act(logOut) }, t('shell.logout'))),
    ],
  );
}

/**
 * @param {Children} label
 * @param {Children} items
 */
function menu(label, items) {
  return h('details', { class: 'shell-menu' }, h('summary', null, label), h('ul', null, items));
}

/** @param {Contract['Membership']} membership */
function organisationName(membership) {
  return membership.organisation_name ?? formatSiret(membership.siret);
}

/** @param {Contract['Membership']} membership */
async function switchTo(membership) {
  const account = await api.get('/v1/account');
  await api.patch('/v1/account', { body: { current_siret: membership.siret }, etag: account.etag });
  await session.load();
  await redraw();
  announce(t('shell.switched', { name: organisationName(membership) }));
}

async function logOut() {
  const atProvider = await session.logOut();
  if (atProvider) location.assign(atProvider);
  else navigate('/');
}

/**
 * @param {HTMLElement} toggle
 * @param {HTMLElement} nav
 */
function toggleNav(toggle, nav) {
  const open = toggle.getAttribute('aria-expanded') !== 'true';
  toggle.setAttribute('aria-expanded', String(open));
  nav.parentElement?.classList.toggle('open', open);
}

function footer() {
  const links = [
    ['/aide', 'shell.help'],
    ['/statistiques', 'shell.statistics'],
    ['/cgu', 'shell.terms'],
    ['/accessibilite', 'shell.accessibility'],
    ['/programmes', 'shell.programs'],
    ['/docs', 'shell.api'],
  ];
  return h(
    'div',
    { class: 'wrap shell-footer' },
    h(
      'nav',
      { 'aria-label': t('shell.footer_nav') },
      h(
        'ul',
        null,
        links.map(([href, key]) => h('li', null, h('a', { href }, t(key)))),
      ),
    ),
    h('div', { class: 'shell-settings' }, languageChoice(), themeChoice()),
  );
}

function languageChoice() {
  return LANGUAGES.filter((l) => l !== language()).map((l) =>
    h(
      'button',
      { type: 'button', class: 'plain', lang: l, onclick: act(() => changeLanguage(l)) },
      t(`shell.language_${l}`),
    ),
  );
}

/** @param {import('../../lib/i18n.js').Language} chosen */
async function changeLanguage(chosen) {
  await setLanguage(chosen);
  await redraw();
  draw();
  announce(t('shell.language_changed'));
}

function themeChoice() {
  const select = h(
    'select',
    { 'aria-label': t('shell.theme'), onchange: () => applyTheme(select.value) },
    THEMES.map((theme) => h('option', { value: theme }, t(`shell.theme_${theme}`))),
  );
  select.value = document.documentElement.dataset.theme ?? 'auto';
  return select;
}

/** @param {string} theme */
function applyTheme(theme) {
  if (theme === 'auto') {
    localStorage.removeItem('guichet.theme');
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem('guichet.theme', theme);
    document.documentElement.dataset.theme = theme;
  }
  document.dispatchEvent(new Event('themechange')); // for what is drawn in pixels
}

/** @param {Event} event */
function closeOtherMenus(event) {
  const target = /** @type {Element} */ (event.target);
  for (const menuElement of openMenus()) {
    if (!menuElement.contains(target) || target.closest('.shell-menu ul')) menuElement.open = false;
  }
}

/** @param {KeyboardEvent} event */
function closeOnEscape(event) {
  if (event.key !== 'Escape') return;
  for (const menuElement of openMenus()) {
    menuElement.open = false;
    menuElement.querySelector('summary')?.focus();
  }
}

function openMenus() {
  return /** @type {NodeListOf<HTMLDetailsElement>} */ (
    document.querySelectorAll('.shell-menu[open]')
  );
}
