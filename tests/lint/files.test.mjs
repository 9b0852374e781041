// Size, marks and orientation of every file.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ROOT, files, grep, read, none } from './house.mjs';

const LINES_MAX = 500;
const SOURCES = /\.(c|h|js|mjs|css|sql|sh)$|^script\/[^.]+$/;
const TOP_LEVEL = new Set(
  `api frontend sql tests script .ci openapi.yaml CMakeLists.txt CMakePresets.json docker-compose.yml
   README.md LICENSE CHANGELOG.md CONTRIBUTING.md SECURITY.md package.json package-lock.json tsconfig.json redocly.yaml
   eslint.config.mjs .clang-format .clang-tidy .clangd .editorconfig .gitignore .dockerignore .npmrc
   .prettierrc.json .prettierignore`.split(/\s+/),
);
// Folders of plain data or of one kind of file, which the README above them describes.
const WITHOUT_README =
  /^(sql\/queries\/|sql\/(migrations|functions|policies)$|frontend\/(pages|components|lib|locales|assets)\/|tests\/[^/]+\/|api\/products\/|api\/mail\/templates$|api\/gateway\/|api\/deploy\/|script\/hooks$|\.ci$)/;

test('no_source_is_longer_than_500_lines', () => {
  const long = files(SOURCES)
    .map((path) => ({ path, lines: read(path).split('\n').length - 1 }))
    .filter(({ lines }) => lines > LINES_MAX);
  none(long);
});

test('no_todo_is_left', () => {
  const marks = /\b(TO(DO)|FIX(ME)|X(XX)|HA(CK))\b/;
  const sources = files(
    /^(api|frontend|sql|script|tests)\/.*(\.(c|h|def|mjs|js|css|sql|sh|html)|\/[^.]+)$/,
  );
  none(grep(sources, marks));
});

test('no_test_is_switched_off', () => {
  const off =
    /\b(test|it|describe)\.(skip|only|todo)\b|\bskip:\s*(true|['"])|\bskip\(\)\s*;|\.disabled$/;
  const tests = files(/^tests\/.*\.(mjs|c)$/).filter((path) => !path.startsWith('tests/lint/'));
  none(grep(tests, off));
});

test('the_top_folder_holds_only_listed_files', () => {
  const top = new Set(files().map((path) => path.split('/')[0]));
  none([...top].filter((name) => !TOP_LEVEL.has(name)));
});

test('every_folder_has_a_readme', () => {
  const folders = new Set(files(/^(api|frontend|sql|script|tests)\//).map((path) => dirname(path)));
  const mute = [...folders].filter(
    (folder) => !WITHOUT_README.test(folder) && !existsSync(join(ROOT, folder, 'README.md')),
  );
  none(mute);
});

// `request/request_act.c:request_act` in a page of api/: the file exists and defines it.
test('documentation_names_functions_that_exist', () => {
  const pages = files(/^api\/[^/]*\.md$|^api\/decisions\/.*\.md$/);
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/`([\w/]+\.c):(\w+)`/g)].map(([, path, name]) => ({
      page,
      path,
      name,
    })),
  );
  assert.ok(named.length > 20, 'the call chain is written down');
  none(
    named.filter(({ path, name }) => {
      const source = join(ROOT, 'api', path);
      return (
        !existsSync(source) || !new RegExp(`^\\w[^;]*\\b${name}\\(`, 'm').test(read(`api/${path}`))
      );
    }),
  );
});

test('every_decision_is_listed', () => {
  const list = read('api/decisions/README.md');
  const pages = files(/^api\/decisions\/.*\.md$/).map((path) => path.split('/').pop());
  none(pages.filter((page) => page !== 'README.md' && !list.includes(`(${page})`)));
});

test('readmes_fit_on_one_page', () => {
  const long = files(/^(api|frontend|sql|script|tests)\/.*README\.md$/)
    .map((path) => ({ path, lines: read(path).split('\n').length }))
    // Figures, drills and the table of kinds that were reported have a line each, however many.
    .filter(({ path, lines }) => lines > 90 && !/^tests\/((bench|faults)\/)?README/.test(path));
  none(long);
});

test('texts_are_utf8_with_unix_line_ends', () => {
  const texts = files(/\.(c|h|def|js|mjs|json|css|sql|sh|md|html|yaml|yml|txt)$/).filter(
    (path) => !/^tests\/(fuzz|unit)\/.*(corpus|samples)\//.test(path),
  );
  none(
    texts.filter((path) => {
      const text = read(path);
      return (
        text.includes('\r\n') || text.includes('\uFFFD') || (text !== '' && !text.endsWith('\n'))
      );
    }),
  );
});

// One apostrophe on the screens, in the answers and in the mails: the texts of frontend/locales have ’.
test('french_texts_have_typographic_apostrophes', () => {
  const straight = /(?<![\p{L}'])([LlDdNnJjSsCcMm]|[Qq]u)'(?=\p{L}|\{\{|%)/u;
  const texts = files(
    /^api\/(mail\/templates\/.*\.txt|.*\.(c|h|def))$|^frontend\/locales\/fr\.json$/,
  );
  none(grep(texts, straight));
});
