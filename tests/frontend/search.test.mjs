// Which words of a search are sent: those that the API takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REQUEST_WORDS, WORDS } from '../../frontend/lib/search.js';

test('words_need_three_letters_or_digits_in_a_row', () => {
  for (const rule of [WORDS, REQUEST_WORDS]) {
    for (const words of ['abc', 'été', ' a bcd ', '123', 'Ελλ', 'l’été']) {
      assert.equal(rule.problem(words), null, words);
      assert.equal(rule.words(words), words.trim());
    }
    for (const words of ['a', 'ab', 'é€', 'a b c', '%%%', 'd', '12', 'a-b-c']) {
      assert.equal(typeof rule.problem(words), 'string', words);
      assert.equal(rule.words(words), null);
    }
  }
});

test('a_number_is_enough_among_requests_alone', () => {
  for (const words of ['D1', ' h2 ']) {
    assert.equal(REQUEST_WORDS.words(words), words.trim());
    assert.equal(WORDS.words(words), null);
  }
});

test('no_words_are_no_mistake_and_nothing_to_send', () => {
  for (const rule of [WORDS, REQUEST_WORDS]) {
    for (const words of ['', '  ']) {
      assert.equal(rule.problem(words), null);
      assert.equal(rule.words(words), null);
    }
    assert.equal(rule.words(null), null);
  }
});
