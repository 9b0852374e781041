/** Asks to join another organisation, by its SIRET. */
import { createForm } from '../../../components/form/form.js';
import { siretSearch } from '../../../components/siret-search/siret-search.js';
import { post } from '../../../lib/api.js';
import { announce, focusOn } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * The form, and how another part of the page fills it in.
 * @param {Context} ctx
 */
export function join(ctx) {
  const siret = siretSearch({
    name: 'siret',
    label: t('signup.siret'),
    hint: t('signup.siret_hint'),
  });
  const form = createForm({
    fields: [siret],
    submit: t('organisation.join'),
    wrong: { 409: t('organisation.already') },
    onsubmit: async (values, { idempotencyKey }) => {
      const { data } = await post('/v1/organisations/{siret}/members', {
        params: { siret: values.siret },
        idempotencyKey,
      });
      await session.load();
      await ctx.reload();
      announce(t(`organisation.joined_${data.state}`), 'assertive');
    },
  });
  const element = h(
    'section',
    null,
    h('h2', null, t('organisation.join_title')),
    h('p', null, t('organisation.join_text')),
    form.element,
  );
  const take = (/** @type {string} */ number) => {
    siret.value = number;
    focusOn(siret.control);
  };
  return { element, take };
}
