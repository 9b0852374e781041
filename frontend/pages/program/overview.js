/** For programs: clients and webhooks, and the lines that work as copied. */
import { tabs } from '../../components/tabs/tabs.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { session } from '../../lib/store.js';
import { clientsPanel } from './overview/clients.js';
import { howToPanel } from './overview/how-to.js';
import { webhooksPanel } from './overview/webhooks.js';

/** @type {import('../../lib/router.js').Page<null>} */
export default {
  title: () => t('programs.title'),
  render(_data, ctx) {
    const guide = { id: 'utiliser', label: t('programs.tab_use'), draw: () => howToPanel() };
    return h(
      'div',
      null,
      h('h1', null, t('programs.title')),
      h('p', { class: 'lead' }, t('programs.text')),
      session.loggedIn
        ? tabs(ctx, t('programs.title'), [
            guide,
            { id: 'clients', label: t('programs.tab_clients'), draw: () => clientsPanel(ctx) },
            { id: 'webhooks', label: t('programs.tab_webhooks'), draw: () => webhooksPanel(ctx) },
          ])
        : guide.draw(),
    );
  },
};
