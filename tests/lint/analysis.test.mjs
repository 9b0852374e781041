// What analysers find: clang-tidy with the repository's own file, cppcheck, gcc -fanalyzer. In the short form
// they look at the files that the last commits and the working tree changed, in the long form at all.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT, files, none } from './house.mjs';

const run = promisify(execFile);
const COMMITS_LOOKED_AT = 10;
const CHANGED_MOST = 12;
const commands = new Map(
  JSON.parse(readFileSync(join(ROOT, 'build', 'compile_commands.json'), 'utf8')).map((entry) => [
    relative(ROOT, entry.file),
    entry,
  ]),
);

/** C files that were touched lately, the latest first. A clone without history has none: then the first ones. */
function changed(sources) {
  const git = (...args) =>
    execFileSync('git', ['-c', 'safe.directory=*', '-C', ROOT, ...args], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
  const lately = [
    ...git('diff', '--name-only', 'HEAD'),
    ...git('log', `-${COMMITS_LOOKED_AT}`, '--name-only', '--format='),
  ];
  const found = [...new Set(lately)].filter((path) => sources.includes(path));
  return (found.length > 0 ? found : sources).slice(0, CHANGED_MOST);
}

const all = files(/^api\/.*\.c$/).filter((path) => commands.has(path));
const looked = process.env.GUICHET_TEST_FULL === '1' ? all : changed(all);

/** Calls `look` on each, a few at a time; gives what they said. */
async function each(look) {
  const left = [...looked];
  const said = [];
  const worker = async () => {
    for (let path = left.pop(); path; path = left.pop()) said.push(await look(path));
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return said.flat();
}

const warnings = (text) => text.split('\n').filter((line) => /(warning|error):/.test(line));
const ask = (command, args, options = {}) =>
  run(command, args, { cwd: ROOT, maxBuffer: 1 << 26, ...options }).catch((error) => {
    assert.notEqual(error.code, 'ENOENT', `${command} is not installed`);
    return error;
  });

test('there_are_files_to_analyse', () => {
  assert.ok(looked.length > 0);
  assert.ok(all.length > 150);
});

test('clang_tidy_finds_nothing', async () => {
  none(
    await each(async (path) => {
      const { stdout } = await ask('clang-tidy', ['-p', 'build-fuzz', '--quiet', path]);
      return warnings(stdout);
    }),
  );
});

test('cppcheck_finds_nothing', async () => {
  const { stdout, stderr } = await ask('cppcheck', [
    '-q',
    '--std=c11',
    '--enable=warning,portability',
    '--inline-suppr',
    '--template={file}:{line}: warning: {message} [{id}]',
    '-Iapi',
    '-Ibuild/api/generated',
    ...looked,
  ]);
  none(warnings(stdout + stderr));
});

test('gcc_analyzer_finds_nothing', async () => {
  none(
    await each(async (path) => {
      const { command, directory } = commands.get(path);
      const args = command
        .replace(/^\S*ccache\s+/, '')
        .replaceAll('\\"', '"')
        .split(' ')
        .slice(1);
      const at = args.indexOf('-o');
      args[at + 1] = '/dev/null';
      // gcc 12 takes a struct that a function of another file returns for one that nobody filled.
      const analyzer = ['-fanalyzer', '-Wno-analyzer-use-of-uninitialized-value'];
      const { stderr } = await ask('gcc', [...analyzer, ...args], { cwd: directory });
      return warnings(stderr);
    }),
  );
});

// A check that cannot fail is none: each analyser is shown a mistake.
test('each_analyser_reports_a_planted_mistake', async () => {
  const planted = join(ROOT, 'tests', 'lint', 'planted.c');
  const tidy = await ask('clang-tidy', ['--quiet', planted, '--', '-std=c17']);
  assert.match(tidy.stdout, /core\.NullDereference/);
  const cppcheck = await ask('cppcheck', ['-q', '--enable=warning', planted]);
  assert.match(cppcheck.stderr ?? '', /nullPointer|arrayIndexOutOfBounds/);
  const gcc = await ask('gcc', ['-fanalyzer', '-c', '-o', '/dev/null', planted]);
  assert.match(gcc.stderr ?? '', /-Wanalyzer-/);
});
