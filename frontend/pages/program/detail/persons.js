/** Who answers for a program: the list, inviting somebody, leaving, taking off who does not count any more. */
import { act } from '../../../components/act/act.js';
import { alert } from '../../../components/alert/alert.js';
import { responsibleBadge } from '../../../components/badge/badge.js';
import { askDialog } from '../../../components/dialog/dialog.js';
import { textField } from '../../../components/field/field.js';
import { dataTable } from '../../../components/table/table.js';
import { del, post } from '../../../lib/api.js';
import { dayElement } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { personName } from '../../../lib/format.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/** @typedef {import('../../../lib/router.js').Context} Context */
/** @typedef {Contract['ResponsiblePerson']} Person */

/**
 * @param {Contract['Client']} client
 * @param {Context} ctx
 */
export function personsPart(client, ctx) {
  const persons = client.responsible_persons;
  return h(
    'section',
    null,
    h('h2', null, t('program.persons')),
    h('p', null, t('program.persons_text')),
    persons.length === 0
      ? h('p', { class: 'muted' }, t('program.nobody'))
      : dataTable({
          caption: t('program.persons'),
          rows: persons,
          columns: [
            { label: t('organisation.person'), head: true, cell: nameOf },
            { label: t('login.email'), cell: ({ account }) => account?.email },
            { label: t('organisation.state'), cell: ({ state }) => responsibleBadge(state) },
            { label: t('organisation.since'), cell: ({ since }) => dayElement(since) },
            { label: t('organisation.act'), cell: (person) => personAct(client, person, ctx) },
          ],
        }),
    client.relation === 'responsible' &&
      h('button', { type: 'button', onclick: act(() => invite(client, ctx)) }, t('program.invite')),
  );
}

/** @param {Person} person */
function nameOf({ account }) {
  return account ? personName(account) : t('common.unknown_person');
}

/**
 * @param {Contract['Client']} client
 * @param {Person} person
 * @param {Context} ctx
 */
function personAct(client, person, ctx) {
  if (client.relation === 'colleague' || !person.account) return null;
  const self = person.account.id === session.me.id;
  if (self && person.state === 'active') {
    return h(
      'button',
      { type: 'button', class: 'plain', onclick: act(() => leave(client, ctx)) },
      t('program.leave'),
    );
  }
  if (self || person.state === 'active' || client.relation !== 'responsible') return null;
  return h(
    'button',
    { type: 'button', class: 'plain', onclick: act(() => takeOff(client, person, ctx)) },
    t(person.state === 'asked' ? 'program.withdraw' : 'program.take_off'),
    h('span', { class: 'visually-hidden' }, ` : ${nameOf(person)}`),
  );
}

/**
 * @param {Contract['Client']} client
 * @param {Context} ctx
 */
async function invite(client, ctx) {
  const email = textField({
    name: 'email',
    type: 'email',
    label: t('login.email'),
    hint: t(client.siret ? 'program.invite_member_hint' : 'program.invite_staff_hint'),
    inputmode: 'email',
    autocomplete: 'off',
  });
  const done = await askDialog({
    title: t('program.invite_title', { name: client.name }),
    content: alert('warning', t('program.invite_text')),
    fields: [email],
    submit: t('program.invite'),
    onsubmit: async ({ email: address }, { idempotencyKey }) => {
      await post('/v1/clients/{id}/responsible-persons', {
        params: { id: client.id },
        body: { email: address },
        idempotencyKey,
      });
    },
  });
  if (!done) return;
  await ctx.reload();
  announce(t('program.invited'));
}

/**
 * Leaves, or declines.
 * @param {Contract['Client']} client
 * @param {Context} ctx
 */
export async function leave(client, ctx) {
  const isAsked = client.relation === 'asked';
  const done = await askDialog({
    title: t(isAsked ? 'program.decline_title' : 'program.leave_title', { name: client.name }),
    content: h('p', null, t(isAsked ? 'program.decline_text' : 'program.leave_text')),
    submit: t(isAsked ? 'program.decline' : 'program.leave'),
    danger: !isAsked,
    onsubmit: () => remove(client, session.me.id),
  });
  if (!done) return;
  await ctx.reload();
  announce(t(isAsked ? 'program.declined' : 'program.left'));
}

/**
 * @param {Contract['Client']} client
 * @param {Person} person
 * @param {Context} ctx
 */
async function takeOff(client, person, ctx) {
  if (!person.account) return;
  await remove(client, person.account.id);
  await ctx.reload();
  announce(t('program.taken_off', { name: nameOf(person) }));
}

/**
 * @param {Contract['Client']} client
 * @param {string} accountId
 */
async function remove(client, accountId) {
  await del('/v1/clients/{id}/responsible-persons/{account_id}', {
    params: { id: client.id, account_id: accountId },
  });
}
