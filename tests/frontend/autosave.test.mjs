// What is typed reaches the server once, in order, and is not lost.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Autosave, settled } from '../../frontend/lib/autosave.js';
import { json, serve, storage } from './server.mjs';

const ID = '7b0c2f3e-0000-4000-8000-000000000002';
const KEY = `guichet.draft.request.${ID}`;
const DOCUMENT = {
  id: ID,
  view: 'full',
  version: 1,
  title: 'Avant',
  description: null,
  contacts: {},
};

let kept;
let states;
let conflicts;
let choice;
let others;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  kept = storage();
  [states, conflicts, choice, others] = [[], [], new Set(), 0];
});
afterEach(() => mock.timers.reset());

const create = (document = DOCUMENT) =>
  new Autosave({
    document,
    etag: '"1"',
    onstate: (state, error) => states.push(error ? `${state} ${error.status}` : state),
    onconflict: async (found) => {
      conflicts.push(...found);
      return choice;
    },
    onsaved: () => {},
    onothers: () => (others += 1),
  });

const saved = (version, members) =>
  json({ ...DOCUMENT, version, ...members }, { headers: { ETag: `"${version}"` } });
const turns = async () => {
  for (let i = 0; i < 30; i++) await Promise.resolve();
};
const sent = (asked) =>
  asked.map(({ method, headers, body }) => [method, headers.get('if-match'), body]);

test('sends_the_latest_text_one_second_after_the_last_key', async () => {
  const asked = serve(({ body }) => saved(2, body));
  const saver = create();
  saver.change('title', 'A');
  mock.timers.tick(900);
  saver.change('title', 'Après');
  saver.change('contacts.technical.email', 'a@b.example');
  mock.timers.tick(999);
  assert.equal(asked.length, 0);
  mock.timers.tick(1);
  await settled(ID);
  assert.deepEqual(sent(asked), [
    ['PATCH', '"1"', { title: 'Après', contacts: { technical: { email: 'a@b.example' } } }],
  ]);
  assert.deepEqual(states, ['waiting', 'waiting', 'waiting', 'saving', 'saved']);
  assert.equal(saver.base.title, 'Après');
  assert.equal(saver.etag, '"2"');
  assert.equal(kept.has(KEY), false);
});

test('sends_one_patch_at_a_time_and_the_latest_text_after_it', async () => {
  const answers = [];
  let version = 1;
  const asked = serve(
    ({ body }) => new Promise((resolve) => answers.push(() => resolve(saved(++version, body)))),
  );
  const saver = create();
  saver.change('title', 'A');
  const first = saver.flush();
  const second = saver.flush();
  await turns();
  saver.change('title', 'B');
  saver.change('title', 'C');
  const third = saver.flush();
  await turns();
  assert.equal(asked.length, 1, 'two patches with one ETag are a conflict with oneself');
  answers.shift()();
  await turns();
  assert.equal(asked.length, 2);
  answers.shift()();
  await Promise.all([first, second, third]);
  mock.timers.tick(10_000);
  await turns();
  assert.deepEqual(sent(asked), [
    ['PATCH', '"1"', { title: 'A' }],
    ['PATCH', '"2"', { title: 'C' }],
  ]);
  assert.deepEqual(saver.pending, {});
});

test('holds_back_what_is_refused_and_saves_the_rest', async () => {
  const asked = serve(
    () =>
      json(
        {
          errors: [
            { pointer: '/contacts/technical/email', code: 'invalid_format', message: 'Non.' },
          ],
        },
        { status: 422 },
      ),
    ({ body }) => saved(2, body),
  );
  const saver = create();
  saver.change('title', 'Après');
  saver.change('contacts.technical.email', 'x');
  await saver.flush();
  assert.deepEqual(
    sent(asked).map(([, , body]) => body),
    [{ title: 'Après', contacts: { technical: { email: 'x' } } }, { title: 'Après' }],
  );
  assert.deepEqual([...saver.refused], [['contacts.technical.email', 'Non.']]);
  assert.deepEqual(saver.pending, { 'contacts.technical.email': 'x' });
  assert.equal(saver.current.contacts.technical.email, 'x');
});

test('retries_after_a_network_error_and_not_after_a_refusal', async () => {
  const asked = serve(
    () => Promise.reject(new TypeError('fetch failed')),
    ({ body }) => saved(2, body),
  );
  const saver = create();
  saver.change('title', 'Après');
  await saver.flush();
  assert.equal(JSON.parse(kept.get(KEY)).title, 'Après');
  mock.timers.tick(4_999);
  await turns();
  assert.equal(asked.length, 1);
  mock.timers.tick(1);
  await settled(ID);
  assert.equal(asked.length, 2);
  assert.deepEqual(states.slice(-2), ['saving', 'saved']);

  const refused = serve(() => json({}, { status: 403 }));
  saver.change('title', 'Encore');
  await saver.flush();
  mock.timers.tick(60_000);
  await turns();
  assert.equal(refused.length, 1);
  assert.equal(states.at(-1), 'failed 403');
});

test('merges_changes_of_others_and_asks_on_conflicts', async () => {
  const theirs = { ...DOCUMENT, version: 5, title: 'Le leur', description: 'Leur texte' };
  const asked = serve(
    () => json({}, { status: 412 }),
    () => json(theirs, { headers: { ETag: '"5"' } }),
    ({ body }) => saved(6, { ...theirs, ...body }),
  );
  const saver = create();
  choice = new Set(['title']);
  saver.change('title', 'Le mien');
  await saver.flush();
  assert.deepEqual(conflicts, [{ name: 'title', mine: 'Le mien', theirs: 'Le leur' }]);
  assert.deepEqual(sent(asked), [
    ['PATCH', '"1"', { title: 'Le mien' }],
    ['GET', null, undefined],
    ['PATCH', '"5"', { title: 'Le mien' }],
  ]);
  assert.equal(saver.base.description, 'Leur texte');
  assert.equal(others, 1);
});

test('drops_the_own_text_where_the_other_is_chosen', async () => {
  const theirs = { ...DOCUMENT, version: 5, title: 'Le leur' };
  const asked = serve(
    () => json({}, { status: 412 }),
    () => json(theirs, { headers: { ETag: '"5"' } }),
  );
  const saver = create();
  saver.change('title', 'Le mien');
  await saver.flush();
  assert.deepEqual(saver.pending, {});
  assert.equal(saver.current.title, 'Le leur');
  assert.equal(asked.length, 2);
  assert.equal(kept.has(KEY), false);
});

test('restores_unsaved_text_of_the_last_visit', async () => {
  kept.set(KEY, JSON.stringify({ title: 'D’hier' }));
  const asked = serve(({ body }) => saved(2, body));
  const saver = create();
  assert.equal(saver.current.title, 'D’hier');
  mock.timers.tick(1000);
  await settled(ID);
  assert.deepEqual(sent(asked), [['PATCH', '"1"', { title: 'D’hier' }]]);
});

test('sends_pending_changes_on_leave_and_nothing_afterwards', async () => {
  const asked = serve(() => Promise.reject(new TypeError('fetch failed')));
  const saver = create();
  saver.change('title', 'Après');
  await saver.close();
  mock.timers.tick(60_000);
  await turns();
  assert.equal(asked.length, 1);
  assert.equal(JSON.parse(kept.get(KEY)).title, 'Après');
});
