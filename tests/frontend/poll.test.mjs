// Asking again and again, while somebody looks.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { getEventListeners } from 'node:events';
import { poll } from '../../frontend/lib/poll.js';

const EVERY_MS = 1500;
let page;
let leaving;
let turns;
let release;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  page = Object.assign(new EventTarget(), { hidden: false });
  globalThis.document = page;
  leaving = new AbortController();
  turns = 0;
});
afterEach(() => mock.timers.reset());

const settle = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};
async function pass(ms) {
  mock.timers.tick(ms);
  await settle();
}
function see(hidden) {
  page.hidden = hidden;
  page.dispatchEvent(new Event('visibilitychange'));
}
function start({ isWanted = () => true, held = false } = {}) {
  poll(
    () => {
      turns += 1;
      return held ? new Promise((resolve) => (release = resolve)) : Promise.resolve();
    },
    { everyMs: EVERY_MS, signal: leaving.signal, isWanted },
  );
}
const listeners = () =>
  getEventListeners(page, 'visibilitychange').length +
  getEventListeners(leaving.signal, 'abort').length;

test('polls_at_each_interval', async () => {
  start();
  await pass(EVERY_MS - 1);
  assert.equal(turns, 0);
  await pass(1);
  assert.equal(turns, 1);
  await pass(EVERY_MS);
  await pass(EVERY_MS);
  assert.equal(turns, 3);
});

test('never_has_two_requests_at_a_time', async () => {
  start({ held: true });
  await pass(EVERY_MS);
  await pass(10 * EVERY_MS);
  see(true);
  see(false);
  await settle();
  assert.equal(turns, 1);
  release();
  await settle();
  await pass(EVERY_MS);
  assert.equal(turns, 2);
});

test('pauses_while_hidden_and_resumes_at_once', async () => {
  start();
  see(true);
  await pass(10 * EVERY_MS);
  assert.equal(turns, 0);
  see(false);
  await settle();
  assert.equal(turns, 1);
  await pass(EVERY_MS);
  assert.equal(turns, 2);
});

test('ends_with_the_page_and_leaves_no_listener', async () => {
  start();
  await pass(EVERY_MS);
  assert.equal(listeners(), 2);
  leaving.abort();
  await pass(10 * EVERY_MS);
  assert.equal(turns, 1);
  assert.equal(listeners(), 0);
});

test('ends_when_it_is_no_longer_wanted', async () => {
  let isWanted = true;
  start({ isWanted: () => isWanted });
  await pass(EVERY_MS);
  isWanted = false;
  await pass(10 * EVERY_MS);
  assert.equal(turns, 1);
  assert.equal(listeners(), 0);
});
