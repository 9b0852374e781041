// What other people's checkers say.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, test } from 'node:test';
import { ESLint } from 'eslint';
import { ROOT, files, none } from './house.mjs';

// Versions differ in details: this one is in Debian 12 and 13.
const CLANG_FORMAT = 'clang-format-19';

function run(command, args) {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.ifError(result.error);
  return { status: result.status, text: result.stdout + result.stderr };
}

/** What eslint says of a text in the place of the frontend's first module. */
async function planted(text) {
  const eslint = new ESLint({ cwd: ROOT });
  const [{ messages }] = await eslint.lintText(text, { filePath: 'frontend/main.js' });
  return messages.map(({ ruleId, line }) => `${ruleId} ${line}`);
}

function passes(command, args) {
  const { status, text } = run(command, args);
  assert.equal(status, 0, text.slice(-6000));
}

// What tsc and the typed rules of eslint read: the types of the contract.
before(() => passes('npm', ['run', '--silent', 'types']));

test('every_tool_is_there', () => {
  passes(CLANG_FORMAT, ['--version']);
  for (const tool of ['prettier', 'eslint', 'tsc'])
    passes(`node_modules/.bin/${tool}`, ['--version']);
  passes('shellcheck', ['--version']);
});

test('c_is_formatted', () => {
  const sources = files(/^(api|tests)\/.*\.[ch]$/);
  assert.ok(sources.length > 200);
  const { status, text } = run(CLANG_FORMAT, ['--dry-run', ...sources]);
  assert.equal(status, 0, text.slice(-2000));
  const wrong = text.match(/^(api|tests)\/[^:]+(?=:\d+:\d+: warning)/gm) ?? [];
  none([...new Set(wrong)].map((path) => `${CLANG_FORMAT} -i ${path}`));
});

test('javascript_is_formatted', () => {
  passes('node_modules/.bin/prettier', ['--check', '--log-level=warn', ...files(/\.(m?js|json)$/)]);
});

test('javascript_follows_the_rules', () => {
  passes('node_modules/.bin/eslint', ['--max-warnings=0', ...files(/\.m?js$/)]);
});

test('a_floating_promise_is_reported', async () => {
  const found = await planted("import { session } from './lib/store.js';\n\nsession.load();\n");
  assert.deepEqual(found, ['typed/no-floating-promises 3']);
});

test('a_button_that_asks_the_server_goes_through_act', async () => {
  const found = await planted(`
import { act } from './components/act/act.js';
import { h } from './lib/h.js';
import { session } from './lib/store.js';

h('button', { onclick: () => void session.load() });
h('button', { onclick: () => session.load() });
h('button', { onclick: async () => {} });
h('button', { onclick: act(() => session.load()) });
`);
  assert.deepEqual(found, [
    'no-restricted-syntax 6',
    'typed/no-misused-promises 7',
    'typed/no-misused-promises 8',
  ]);
});

test('types_are_correct', () => {
  passes('node_modules/.bin/tsc', ['--noEmit', '--project', 'tsconfig.json']);
});

test('shellcheck_reports_nothing', () => {
  const scripts = files(/^(script|\.ci)\/|\.sh$/).filter((path) => !path.endsWith('.md'));
  passes('shellcheck', ['-x', ...scripts]);
});

test('the_lock_names_no_private_registry', () => {
  const { text } = run('grep', ['-oE', 'https?://[^"/]+', 'package-lock.json']);
  const hosts = new Set(text.split('\n').filter(Boolean));
  const foreign = [...hosts].filter((host) =>
    /localhost|127\.0\.0\.1|internal|artifact|mirror|proxy/.test(host),
  );
  none(foreign);
});
