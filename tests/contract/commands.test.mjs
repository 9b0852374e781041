// What the program says of its commands, and how it ends where it does not understand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from '../lint/house.mjs';
import { runProgram } from '../support/server.mjs';

const COMMANDS = [...read('api/commands/commands.def').matchAll(/^COMMAND\("([^"]+)"/gm)].map(
  ([, name]) => name,
);

test('help_lists_every_command', async () => {
  for (const asked of ['--help', '-h', 'help']) {
    const { code, stdout } = await runProgram([asked]);
    assert.equal(code, 0);
    for (const name of COMMANDS) assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
  }
});

test('every_command_has_a_help_that_needs_no_settings', async () => {
  for (const name of COMMANDS) {
    const { code, stdout } = await runProgram([...name.split(' '), '--help'], { env: {} });
    assert.equal(code, 0);
    assert.ok(stdout.startsWith(`Usage: guichet ${name} [OPTION...]`), stdout);
  }
});

test('help_of_a_command_names_its_options', async () => {
  const { stdout } = await runProgram(['create-account', '-h']);
  for (const option of [
    'siret=SIRET',
    'given-name=NAME',
    'role=ROLE[:PRODUCT]',
    'password-stdin',
  ]) {
    assert.ok(stdout.includes(`--${option} `), stdout);
  }
  assert.ok(!stdout.includes('--dry-run'));
});

test('the_version_is_that_of_the_project', async () => {
  const [, version] = /project\(guichet VERSION (\S+)/.exec(read('CMakeLists.txt'));
  const { code, stdout } = await runProgram(['--version']);
  assert.deepEqual([code, stdout], [0, `guichet ${version}\n`]);
});

test('bad_arguments_exit_with_2_and_say_why', async () => {
  const account = ['create-account', 'a@b.example', '--siret', '13002526500013'];
  const wrong = [
    [[], /Usage: guichet/],
    [['nope'], /no such command: nope/],
    [['--nope'], /unrecognized option '--nope'/],
    [['serve', 'now'], /one argument too many: now/],
    [['serve', '--dry-run'], /unrecognized option '--dry-run'/],
    [['grant', 'a@b.example'], /1 of 2 arguments/],
    [['backup', 'check'], /backup check: 0 of 1 arguments/],
    [['rotate-keys', '--revoke'], /requires an argument/],
    [account, /--given-name is missing/],
    [[...account, '--given-name=A', '--family-name=B'], /--password-stdin is missing/],
  ];
  for (const [words, said] of wrong) {
    const { code, stdout, stderr } = await runProgram(words, { env: {} });
    assert.equal(code, 2, words.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, said);
  }
});
