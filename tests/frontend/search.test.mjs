// Which words of a search are sent: those that the API takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchWords, wordsProblem } from '../../frontend/lib/search.js';

test('words_need_three_letters_or_digits_in_a_row_or_are_a_number', () => {
  for (const words of ['abc', 'été', 'a bcd', '123', 'Ελλ', 'l’été', 'D1', ' h12 ']) {
    assert.equal(wordsProblem(words), null, words);
    assert.equal(searchWords(words), words.trim());
  }
  for (const words of ['a', 'ab', 'é€', 'a b c', '%%%', 'd', '12', 'a-b-c']) {
    assert.equal(typeof wordsProblem(words), 'string', words);
    assert.equal(searchWords(words), null);
  }
});

test('no_words_are_no_mistake_and_nothing_to_send', () => {
  for (const words of ['', '  ']) {
    assert.equal(wordsProblem(words), null);
    assert.equal(searchWords(words), null);
  }
  assert.equal(searchWords(null), null);
});
