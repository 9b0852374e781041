/** The domains that an organisation trusts: anyone who has an address there joins without waiting. */
import { act } from '../../../components/act/act.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { textField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { errorBox } from '../../../components/page-states/page-states.js';
import { siretSearch } from '../../../components/siret-search/siret-search.js';
import { dataTable } from '../../../components/table/table.js';
import { ApiError, del, get, post } from '../../../lib/api.js';
import { dayElement } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { personName } from '../../../lib/format.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

export function trustedDomains() {
  const place = h('div');
  const search = siretSearch({
    name: 'trusted-siret',
    label: t('support.domains_of'),
    hint: t('signup.siret_hint'),
    onchange: (chosen) => {
      if (chosen) void show(place, chosen.siret);
      else replaceChildren(place);
    },
  });
  return h(
    'section',
    { class: 'narrow' },
    h('h2', null, t('support.domains_title')),
    h('p', null, t('support.domains_text')),
    search.element,
    place,
  );
}

/**
 * @param {HTMLElement} place
 * @param {string} siret
 */
async function show(place, siret) {
  try {
    const { data } = await get('/v1/organisations/{siret}/trusted-domains', {
      params: { siret },
      query: { limit: 100 },
    });
    replaceChildren(
      place,
      data.items.length === 0
        ? h('p', null, t('support.domains_none'))
        : table(place, siret, data.items),
      addForm(place, siret),
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    replaceChildren(
      place,
      error.status === 404 ? h('p', null, t('support.domains_no_members')) : errorBox(error),
    );
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} siret
 * @param {Contract['TrustedDomain'][]} rows
 */
function table(place, siret, rows) {
  return dataTable({
    caption: t('support.trusted'),
    rows,
    columns: [
      { label: t('support.domain_name'), head: true, cell: (d) => d.domain },
      {
        label: t('support.domain_since'),
        cell: (d) => [dayElement(d.added_at), d.added_by && ` – ${personName(d.added_by)}`],
      },
      {
        label: t('organisation.act'),
        cell: (d) =>
          h(
            'button',
            { type: 'button', class: 'plain', onclick: act(() => remove(place, siret, d.domain)) },
            t('support.domain_remove'),
            h('span', { class: 'visually-hidden' }, ` : ${d.domain}`),
          ),
      },
    ],
  });
}

/**
 * @param {HTMLElement} place
 * @param {string} siret
 * @param {string} domain
 */
async function remove(place, siret, domain) {
  const done = await askDialog({
    title: t('support.domain_remove_title', { domain }),
    content: h('p', null, t('support.domain_remove_text')),
    submit: t('support.domain_remove'),
    danger: true,
    onsubmit: async () =>
      void (await del('/v1/organisations/{siret}/trusted-domains/{domain}', {
        params: { siret, domain },
      })),
  });
  if (!done) return;
  await show(place, siret);
  announce(t('support.domain_removed', { domain }));
}

/**
 * @param {HTMLElement} place
 * @param {string} siret
 */
function addForm(place, siret) {
  const domain = textField({
    name: 'domain',
    label: t('support.domain_name'),
    hint: t('support.domain_hint'),
    autocomplete: 'off',
    maxlength: 255,
  });
  return createForm({
    fields: [domain],
    submit: t('support.domain_add'),
    wrong: { 409: t('support.domain_already') },
    onsubmit: async (values, { idempotencyKey }) => {
      await post('/v1/organisations/{siret}/trusted-domains', {
        params: { siret },
        body: values,
        idempotencyKey,
      });
      await show(place, siret);
      announce(t('support.domain_added', { domain: values.domain }));
    },
  }).element;
}
