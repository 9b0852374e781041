/** Details, e-mail address and mails one receives. */
import { alert } from '../../../components/alert/alert.js';
import { checkboxField, textField } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { patch, post } from '../../../lib/api.js';
import { announce } from '../../../lib/focus.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {Contract['Account']} account
 * @param {string | null} etag
 * @param {Context} ctx
 */
export function detailsSection(account, etag, ctx) {
  const fields = [
    textField({
      name: 'given_name',
      label: t('person.given_name'),
      value: account.given_name,
      autocomplete: 'given-name',
      maxlength: 255,
    }),
    textField({
      name: 'family_name',
      label: t('person.family_name'),
      value: account.family_name,
      autocomplete: 'family-name',
      maxlength: 255,
    }),
    textField({
      name: 'job_title',
      label: t('person.job_title'),
      value: account.job_title,
      autocomplete: 'organization-title',
      optional: true,
      maxlength: 255,
    }),
    textField({
      name: 'phone',
      type: 'tel',
      label: t('person.phone'),
      value: account.phone,
      autocomplete: 'tel',
      optional: true,
    }),
  ];
  return createForm({
    fields,
    submit: t('common.save'),
    wrong: { 412: t('account.stale') },
    onsubmit: (values) => save(values, etag, ctx),
  }).element;
}

/**
 * @param {Contract['Account']} account
 * @param {Context} ctx
 */
export function emailSection(account, ctx) {
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('account.new_email'),
    autocomplete: 'email',
    inputmode: 'email',
  });
  const form = createForm({
    keep: 'compte.email',
    fields: [email],
    submit: t('account.change_email'),
    onsubmit: async (values) => {
      await post('/v1/account/email', { body: { email: values.email } });
      await ctx.reload();
      announce(t('account.email_link_sent', { email: values.email }));
    },
  });
  return [
    h('p', null, t('account.current_email', { email: account.email })),
    account.pending_email &&
      alert('information', t('account.email_pending', { email: account.pending_email })),
    h('p', null, t('account.email_text')),
    form.element,
  ];
}

/**
 * @param {Contract['Account']} account
 * @param {string | null} etag
 * @param {Context} ctx
 */
export function notificationsSection(account, etag, ctx) {
  /** @type {(keyof Contract['Notifications'])[]} */
  const kinds = session.isStaff
    ? ['message', 'new_member', 'new_submission']
    : ['message', 'new_member'];
  const fields = kinds.map((kind) =>
    checkboxField({
      name: kind,
      label: t(`account.mail_${kind}`),
      value: account.notifications[kind],
      optional: true,
    }),
  );
  const form = createForm({
    fields,
    submit: t('common.save'),
    wrong: { 412: t('account.stale') },
    onsubmit: (values) => save({ notifications: values }, etag, ctx),
  });
  return [h('p', null, t('account.mails_text')), form.element];
}

/**
 * @param {Contract['AccountPatch']} changes
 * @param {string | null} etag
 * @param {Context} ctx
 */
async function save(changes, etag, ctx) {
  await patch('/v1/account', { body: changes, etag });
  await ctx.reload();
  await session.load(); // the name in the banner changes last: what is pressed from then on stays
  announce(t('common.saved'));
}
