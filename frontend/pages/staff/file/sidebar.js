/** Beside the request: checks, who takes it, the decision, the organisation's other requests, notes. */
import { requestBadge } from '../../../components/badge/badge.js';
import { checkList } from '../../../components/check-list/check-list.js';
import { selectField, textArea } from '../../../components/field/field.js';
import { createForm } from '../../../components/form/form.js';
import { get, post, put } from '../../../lib/api.js';
import { timeElement } from '../../../lib/dates.js';
import { announce } from '../../../lib/focus.js';
import { personName } from '../../../lib/format.js';
import { h, replaceChildren } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';
import { session } from '../../../lib/store.js';

/** @typedef {import('../../../lib/router.js').Context} Context */

/**
 * @param {import('../file.js').Loaded} data
 * @param {Context} ctx
 * @param {(HTMLElement | null)[]} decision
 */
export function sidebar(data, ctx, decision) {
  return [
    section(t('file.checks'), checks(data.checks.checks)),
    data.request.permissions.includes('assign') &&
      section(t('queue.assignee'), assignment(data, ctx)),
    decision,
    section(t('file.former_requests'), earlierList(data)),
    data.notes && section(t('file.notes'), notes(data.notes, data.request, ctx)),
  ];
}

/**
 * @param {string} title
 * @param {...Children} content
 */
function section(title, ...content) {
  return h('section', { class: 'card' }, h('h2', null, title), content);
}

/** What stands out, and the rest on demand. @param {Contract['Checks']['checks']} all */
function checks(all) {
  const fine = all.filter((check) => check.outcome === 'ok');
  const rest = all.filter((check) => check.outcome !== 'ok');
  return [
    rest.length > 0 && checkList(rest, '/instruction'),
    fine.length > 0 &&
      h(
        'details',
        null,
        h('summary', null, t('file.checks_passed', { count: fine.length })),
        checkList(fine, '/instruction'),
      ),
  ];
}

/**
 * Taken in one press; a manager gives it to a colleague, from a list read when it opens.
 * @param {import('../file.js').Loaded} data
 * @param {Context} ctx
 */
function assignment({ request }, ctx) {
  const mine = request.assignee?.id === session.me.id;
  /** @param {string | null} id */
  const give = async (id) => {
    await put('/v1/requests/{id}/assignee', {
      params: { id: request.id },
      body: { account_id: id },
    });
    await ctx.reload();
    announce(t('common.saved'));
  };
  const take = createForm({
    fields: [],
    submit: t(mine ? 'queue.unassign' : 'queue.assign_to_me'),
    onsubmit: () => give(mine ? null : session.me.id),
  });
  const colleagues = h('details', null, h('summary', null, t('file.reassign')));
  colleagues.addEventListener('toggle', () => void offer(), { once: true });

  async function offer() {
    const query = { product: request.product, limit: 100 };
    const { data: staff } = await get('/v1/staff', { query });
    const people = staff.items.filter((g) => g.role !== 'reporter');
    const field = selectField({
      name: 'account_id',
      label: t('file.colleague'),
      options: people.map((g) => ({
        value: g.account.id,
        label: personName(g.account),
      })),
    });
    const form = createForm({
      fields: [field],
      submit: t('file.reassign'),
      onsubmit: (values) => give(values.account_id),
    });
    replaceChildren(colleagues, h('summary', null, t('file.reassign')), form.element);
  }

  return [
    h('p', null, request.assignee ? personName(request.assignee) : t('queue.no_assignee')),
    take.element,
    session.hasRole('manager', 'admin') && colleagues,
  ];
}

/** @param {import('../file.js').Loaded} data */
function earlierList({ earlier, hasMoreEarlier, request }) {
  if (earlier.length === 0) return h('p', { class: 'muted' }, t('file.no_former_requests'));
  return [
    h(
      'ul',
      null,
      earlier.map((r) =>
        h(
          'li',
          null,
          h('a', { href: `/instruction/${r.id}` }, `${r.number} ${r.title ?? ''}`),
          ' ',
          requestBadge(r.state),
        ),
      ),
    ),
    hasMoreEarlier &&
      h(
        'p',
        null,
        h(
          'a',
          { href: `/instruction?etat=toutes&texte=${request.siret}` },
          t('file.all_former_requests'),
        ),
      ),
  ];
}

/**
 * None for somebody whom the request serves.
 * @param {Contract['Request']} request
 * @param {AbortSignal} signal
 */
export async function loadNotes({ id, conflict }, signal) {
  const all = { params: { id }, query: { limit: 100 }, signal };
  return conflict ? null : (await get('/v1/requests/{id}/notes', all)).data.items;
}

/**
 * @param {Contract['Note'][]} list
 * @param {Contract['Request']} request
 * @param {Context} ctx
 */
function notes(list, request, ctx) {
  const body = textArea({
    name: 'body',
    label: t('file.note'),
    hint: t('file.note_hint'),
    rows: 3,
    maxlength: 20000,
  });
  const form = createForm({
    keep: `note.${request.id}`,
    fields: [body],
    submit: t('file.add_note'),
    onsubmit: async (values, { idempotencyKey }) => {
      await post('/v1/requests/{id}/notes', {
        params: { id: request.id },
        body: { body: values.body },
        idempotencyKey,
      });
      body.value = '';
      await ctx.reload();
      announce(t('common.saved'));
    },
  });
  return [
    h(
      'ul',
      { class: 'notes' },
      list.map((note) =>
        h(
          'li',
          null,
          h('p', { class: 'message-body' }, note.body),
          h(
            'p',
            { class: 'small muted' },
            note.author ? personName(note.author) : '–',
            ' · ',
            timeElement(note.created_at),
          ),
        ),
      ),
    ),
    request.permissions.includes('note') && form.element,
  ];
}
