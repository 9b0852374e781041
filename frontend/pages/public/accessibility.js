/** Accessibility statement. */
import { prose } from '../../components/prose/prose.js';
import { h } from '../../lib/h.js';
import { t } from '../../lib/i18n.js';
import { settings } from '../../lib/settings.js';

/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('accessibility.title'),
  load,
  render: (site) =>
    h(
      'div',
      { class: 'prose' },
      h('h1', null, t('accessibility.title')),
      prose('accessibility.sections', { support: site.support_email }),
    ),
};

function load() {
  return settings();
}
