/** The network addresses that may use a token. */
import { textArea } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { patch } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

/** @typedef {import('../../../lib/router.js').Context} Context */
/** @typedef {{token: Contract['Token'], etag: string | null}} Loaded */

/**
 * @param {Loaded} loaded
 * @param {Context} ctx
 */
export function addresses({ token, etag }, ctx) {
  const field = textArea({
    name: 'allowed_ips',
    label: t('token.addresses'),
    hint: t('token.addresses_hint'),
    optional: true,
    rows: 3,
    value: token.allowed_ips.join('\n'),
    attributes: { spellcheck: 'false', autocapitalize: 'off' },
  });
  const form = createForm({
    fields: [field],
    submit: t('token.addresses_save'),
    wrong: { 412: t('token.changed_meanwhile') },
    onsubmit: async (values) => {
      const list = values.allowed_ips.split(/[\s,;]+/).filter(Boolean);
      await patch('/v1/tokens/{id}', {
        params: { id: token.id },
        body: { allowed_ips: list },
        etag,
      });
      await ctx.reload();
      announce(t('common.saved'));
    },
  });
  return h(
    'section',
    null,
    h('h2', null, t('token.addresses_title')),
    h('p', null, t('token.addresses_text')),
    form.element,
  );
}
