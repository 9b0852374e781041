// What was typed stays in the tab until it is sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forget, recall, remember } from '../../frontend/lib/drafts.js';
import { storage } from './server.mjs';

test('restores_a_draft_until_it_is_removed', () => {
  const kept = storage();
  remember('inscription', { email: 'a@b.example', siret: '' });
  assert.deepEqual(recall('inscription'), { email: 'a@b.example', siret: '' });
  assert.equal(recall('connexion'), null);
  assert.deepEqual([...kept.keys()], ['guichet.draft.inscription']);
  forget('inscription');
  assert.equal(recall('inscription'), null);
  assert.equal(kept.size, 0);
});

test('a_full_or_forbidden_storage_is_ignored', () => {
  globalThis.sessionStorage = {
    getItem: () => {
      throw new Error('forbidden');
    },
    setItem: () => {
      throw new Error('full');
    },
  };
  remember('inscription', { email: 'a@b.example' });
  assert.equal(recall('inscription'), null);
});

test('malformed_drafts_are_ignored', () => {
  storage().set('guichet.draft.inscription', '{half');
  assert.equal(recall('inscription'), null);
});
