// frontend/lib/link-token.js: the secret behind the # of a mailed link.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  dropLinkToken,
  keepLinkToken,
  keptLinkToken,
  linkToken,
} from '../../frontend/lib/link-token.js';

const at = (url) => Object.assign(globalThis, { location: new URL(url) });
afterEach(() =>
  Object.assign(globalThis, { location: undefined, history: undefined, sessionStorage: undefined }),
);

test('reads_a_secret_of_sixteen_characters_and_more', () => {
  at('https://guichet.example/activation#abcdefghijklmnop');
  assert.equal(linkToken(), 'abcdefghijklmnop');
  at('https://guichet.example/activation#abcdefghijklmno');
  assert.equal(linkToken(), null, 'too short');
});

test('leaves_out_what_a_mail_program_took_for_a_part_of_the_link', () => {
  const secret = 'Zx9_-'.repeat(8) + 'abc';
  assert.equal(secret.length, 43);
  for (const behind of [
    '',
    '.',
    ',',
    ')',
    '>',
    '%3E',
    '%20',
    '-',
    '_',
    '--',
    '&utm_source=mail',
    ';x',
  ]) {
    at(`https://guichet.example/activation#${secret}${behind}`);
    assert.equal(linkToken(), secret, behind);
  }
  at(`https://guichet.example/activation#${secret.slice(0, 30)}.`);
  assert.equal(linkToken(), secret.slice(0, 30), 'cut: the server says so');
  at(`https://guichet.example/activation#${secret}x`);
  assert.equal(linkToken(), `${secret}x`, 'another secret');
});

test('keeps_the_secret_in_the_tab_for_its_own_page_until_it_is_used', () => {
  const stored = new Map();
  Object.assign(globalThis, {
    sessionStorage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => stored.set(key, value),
      removeItem: (key) => stored.delete(key),
    },
    history: { state: null, replaceState: () => {} },
  });
  at('https://guichet.example/adresse#abcdefghijklmnop');
  keepLinkToken();
  at('https://guichet.example/adresse');
  keepLinkToken();
  assert.equal(keptLinkToken(), 'abcdefghijklmnop');
  at('https://guichet.example/adresse#qrstuvwxyzabcdef');
  assert.equal(keptLinkToken(), 'qrstuvwxyzabcdef', 'the link that was opened comes first');
  at('https://guichet.example/partage');
  assert.equal(keptLinkToken(), null);
  at('https://guichet.example/adresse');
  dropLinkToken();
  assert.equal(keptLinkToken(), null);
});

test('takes_the_secret_out_of_the_address_and_keeps_the_rest', () => {
  at('https://guichet.example/activation?suite=%2Fdemandes#abcdefghijklmnop');
  const replaced = [];
  Object.assign(globalThis, {
    history: { state: { scroll: 3 }, replaceState: (...all) => replaced.push(all) },
    sessionStorage: { removeItem: () => {} },
  });
  dropLinkToken();
  assert.deepEqual(replaced, [[{ scroll: 3 }, '', '/activation?suite=%2Fdemandes']]);
});
