// The files of the house, as git knows them or would.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/**
 * Paths from the root of every file that is or would be committed. Fails where none matches: a rule that
 * looks at nothing is always kept.
 * @param {RegExp} [pattern]
 */
export function files(pattern = /./) {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const deleted = new Set(git(['ls-files', '-z', '--deleted']));
  const found = git(listing).filter((path) => !deleted.has(path) && pattern.test(path));
  assert.ok(found.length > 0, `no file matches ${pattern}`);
  return found;
}

function git(args) {
  return execFileSync('git', ['-c', 'safe.directory=*', '-C', ROOT, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
    .split('\0')
    .filter(Boolean);
}

/** @param {string} path from the root */
export function read(path) {
  return readFileSync(join(ROOT, path), 'utf8');
}

const blank = (text) => text.replace(/[^\n]/g, ' ');

/** C source with comments and the insides of literals blanked; lines stay where they are. */
export function codeOfC(source) {
  return source.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
    (match) => (match[0] === '/' ? blank(match) : match[0] + blank(match.slice(1, -1)) + match[0]),
  );
}

/** SQL with comments, literals and dollar-quoted bodies blanked. */
export function codeOfSql(source) {
  return source.replace(
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:''|[^'])*'|"(?:""|[^"])*"|(\$\w*\$)[\s\S]*?\1/g,
    blank,
  );
}

/** Every line of the files that matches, as "path:line: text". */
export function grep(paths, pattern, prepare = (text) => text) {
  return paths.flatMap((path) =>
    prepare(read(path))
      .split('\n')
      .map((line, index) => ({ line, where: `${path}:${index + 1}: ${line.trim()}` }))
      .filter(({ line }) => pattern.test(line))
      .map(({ where }) => where),
  );
}

/** Fails with what was found, a line each. */
export function none(found) {
  const lines = found.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  assert.equal(lines.length, 0, `\n${lines.join('\n')}`);
}
