/** Sign up in one page: the organisation first, then the person; what will likely happen is said before sending. */
import { alert } from '../../components/alert/alert.js';
import { textField } from '../../components/field/field.js';
import { createForm } from '../../components/form/form.js';
import { siretSearch } from '../../components/siret-search/siret-search.js';
import { get, post } from '../../lib/api.js';
import { h, replaceChildren } from '../../lib/h.js';
import { rich, t } from '../../lib/i18n.js';
import { plain } from '../../lib/typed.js';

/** @typedef {import('../../components/siret-search/siret-search.js').Establishment} Establishment */

/** @type {import('../../lib/router.js').Page<null>} */
export default {
  title: () => t('signup.title'),
  render() {
    const root = h('div', { class: 'narrow' });
    replaceChildren(
      root,
      h('h1', null, t('signup.title')),
      h('p', null, t('signup.intro')),
      form(root),
    );
    return root;
  },
};

/** @param {HTMLElement} root */
function form(root) {
  /** @type {Establishment | null} */
  let establishment = null;
  const likely = h('div', { 'aria-live': 'polite' });
  const say = likelyCase(likely);
  const siret = siretSearch({
    name: 'siret',
    label: t('signup.siret'),
    hint: t('signup.siret_hint'),
    onchange: (chosen) => {
      establishment = chosen;
      void say(establishment, email.value);
    },
  });
  const given = textField({
    name: 'given_name',
    label: t('person.given_name'),
    autocomplete: 'given-name',
    maxlength: 255,
  });
  const family = textField({
    name: 'family_name',
    label: t('person.family_name'),
    autocomplete: 'family-name',
    maxlength: 255,
  });
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('person.work_email'),
    hint: t('signup.email_hint'),
    autocomplete: 'email',
    inputmode: 'email',
  });
  const job = textField({
    name: 'job_title',
    label: t('person.job_title'),
    autocomplete: 'organization-title',
    optional: true,
    maxlength: 255,
  });
  const phone = textField({
    name: 'phone',
    type: 'tel',
    label: t('person.phone'),
    autocomplete: 'tel',
    optional: true,
  });
  email.control.addEventListener('change', () => void say(establishment, email.value));

  const fields = [siret, given, family, email, job, phone];
  return createForm({
    keep: 'inscription',
    fields,
    content: [
      h('h2', null, t('signup.organisation')),
      siret.element,
      h('h2', null, t('signup.you')),
      [given, family, email].map((f) => f.element),
      likely,
      [job, phone].map((f) => f.element),
      h(
        'p',
        { class: 'small' },
        rich('signup.terms', { terms: (text) => h('a', { href: '/cgu' }, text) }),
      ),
    ],
    submit: t('signup.submit'),
    onsubmit: async (values, { idempotencyKey }) => {
      const { job_title: title, phone, ...required } = values;
      const body = {
        ...required,
        ...(title ? { job_title: title } : {}),
        ...(phone ? { phone } : {}),
      };
      const { data } = await post('/v1/accounts', { body, idempotencyKey });
      replaceChildren(root, sent(data, values.email));
      root.querySelector('h1')?.focus();
      scrollTo({ top: 0 });
    },
  }).element;
}

/**
 * Says which of the three cases the domain makes likely, once both are known.
 * @param {HTMLElement} place
 */
function likelyCase(place) {
  let last = '';
  return async (/** @type {Establishment | null} */ establishment, /** @type {string} */ email) => {
    const domain = /@([^@\s]+\.[^@\s]+)$/.exec(plain(email))?.[1];
    const question = establishment && domain ? `${establishment.siret} ${domain}` : '';
    if (question === last) return;
    last = question;
    if (!establishment || !domain) return replaceChildren(place);
    const answer = await get('/v1/directory/establishments/{siret}/likely-case', {
      params: { siret: establishment.siret },
      query: { domain },
    }).catch(() => null);
    if (question !== last) return;
    const found = answer?.data.likely_case;
    replaceChildren(
      place,
      found &&
        alert(
          found === 'other_domain' ? 'warning' : 'information',
          t(`signup.case_${found}`, { domain: answer.data.domain }),
        ),
    );
  };
}

/**
 * @param {Contract['SignUpAnswer']} answer
 * @param {string} email
 */
function sent(answer, email) {
  const mail = h('a', { href: `mailto:${answer.support_email}` }, answer.support_email);
  return [
    h('h1', { tabindex: '-1' }, t('signup.sent_title')),
    h('p', null, t('signup.sent_text', { email })),
    answer.status === 'suspended' &&
      alert('warning', t('signup.sent_suspended'), h('p', null, mail)),
    h('p', null, t('signup.sent_none')),
    h('p', null, t('signup.sent_limit')),
    h('p', null, h('a', { class: 'button', href: '/activation' }, t('activation.resend_title'))),
  ];
}
