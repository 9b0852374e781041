/**
 * Tabs kept in the address (?onglet=messages), so that a reload and a link
 * find them again. Arrow keys move; a panel is drawn when first shown.
 *
 *   tabs(ctx, t('…'), [{id: 'messages', label: 'Messages (2)', draw: () => Node}])
 */
import { h, replaceChildren } from '../../lib/h.js';

/** @typedef {{id: string, label: Children, draw: () => Node}} Tab */

/**
 * @param {import('../../lib/router.js').Context} ctx
 * @param {string} label
 * @param {Tab[]} list
 */
export function tabs(ctx, label, list) {
  const wanted = ctx.query.get('onglet');
  const panel = h('div', { role: 'tabpanel', id: 'panneau', tabindex: '0', class: 'tab-panel' });
  const buttons = list.map((tab) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `onglet-${tab.id}`,
        'aria-controls': 'panneau',
        onclick: () => show(tab),
      },
      tab.label,
    ),
  );

  /** @param {Tab} tab */
  function show(tab) {
    for (const [i, button] of buttons.entries()) {
      const on = list[i] === tab;
      button.setAttribute('aria-selected', String(on));
      button.tabIndex = on ? 0 : -1;
    }
    panel.setAttribute('aria-labelledby', `onglet-${tab.id}`);
    replaceChildren(panel, tab.draw());
    ctx.setQuery({ onglet: tab === list[0] ? null : tab.id });
  }

  /** @param {KeyboardEvent} event */
  function move(event) {
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const last = buttons.length - 1;
    const to = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    buttons[to].focus();
    show(list[to]);
  }

  show(list.find((tab) => tab.id === wanted) ?? list[0]);
  return h(
    'div',
    { class: 'tabs' },
    h('div', { role: 'tablist', 'aria-label': label, onkeydown: move }, buttons),
    panel,
  );
}
