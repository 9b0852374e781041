/** Help: the questions people ask, then how to reach support. */
import { copyButton } from '../../components/copy-button/copy-button.js';
import { prose } from '../../components/prose/prose.js';
import { h } from '../../lib/h.js';
import { list, t } from '../../lib/i18n.js';
import { settings } from '../../lib/settings.js';

/** @typedef {{title: string, items: {q: string, a: string}[]}} Theme */
/** @typedef {Awaited<ReturnType<typeof load>>} Loaded */

/** @type {import('../../lib/router.js').Page<Loaded>} */
export default {
  title: () => t('help.title'),
  load,
  render: (site) =>
    h(
      'div',
      { class: 'prose' },
      h('h1', null, t('help.title')),
      /** @type {Theme[]} */ (list('help.questions')).map((theme) => [
        h('h2', null, theme.title),
        theme.items.map((item) =>
          h('details', null, h('summary', null, item.q), h('p', null, item.a)),
        ),
      ]),
      h('h2', { id: 'support' }, t('help.support')),
      h('p', null, t('help.support_text')),
      h(
        'p',
        null,
        h('a', { href: `mailto:${site.support_email}` }, site.support_email),
        ' ',
        copyButton(() => site.support_email),
      ),
      prose('help.sections', { support: site.support_email }),
    ),
};

function load() {
  return settings();
}
