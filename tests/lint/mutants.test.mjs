// The mutants of tests/mutants still fit the program: their lines are there, and their tests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mutate, readMutants } from '../mutants/mutants.mjs';
import { files, none, read } from './house.mjs';

const LEAST = 60;
const mutants = readMutants();

test('there_are_enough_mutants_of_each_language', () => {
  assert.ok(mutants.length >= LEAST, `${mutants.length}`);
  const kinds = new Set(mutants.map(({ file }) => file.split('.').at(-1)));
  for (const kind of ['c', 'sql', 'js']) assert.ok(kinds.has(kind), kind);
});

test('names_of_mutants_are_unique', () => {
  const names = mutants.map(({ name }) => name);
  none(names.filter((name, index) => names.indexOf(name) !== index));
});

test('each_mutant_changes_a_line_that_is_unique_in_its_file', () => {
  none(
    mutants.flatMap((mutant) => {
      try {
        return mutate(read(mutant.file), mutant) === read(mutant.file) ? [mutant.name] : [];
      } catch (error) {
        return [`${mutant.name}: ${error.message}`];
      }
    }),
  );
});

test('each_mutant_names_existing_tests', () => {
  const known = new Set(files(/^tests\/.*\.test\.mjs$/));
  const cmake = read('tests/CMakeLists.txt');
  const isThere = (name) =>
    known.has(name) ||
    (/^(unit|store)_\w+$/.test(name) &&
      (cmake.includes(name.replace(/_/, '_test(')) ||
        files(new RegExp(`^tests/${name.replace('_', '/')}\\.c$`)).length === 1));
  none(
    mutants.flatMap(({ name, tests }) =>
      tests.length === 0 ? [`${name}: none`] : tests.filter((each) => !isThere(each)),
    ),
  );
});
