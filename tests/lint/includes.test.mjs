// Includes of api/ go one way, and each foreign library has one home.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOfC, files, read, none } from './house.mjs';

// The rooms from the lowest to the highest: a file may include its own room and those before it. With
// main.c, app.c and routes.c the top: those wire the rooms together, and commands start what they need.
const ROOMS =
  `base security engine core http product organisation token request habilitation account
  usage program export mail outbound gateway worker commands`.split(/\s+/);
const TOP = new Set(['app.h', 'routes.h']);

// Which files may include a foreign header.
const HOMES = [
  { header: /^jansson\.h$/, home: /^api\/base\/(json\.c|value_json\.h)$/ },
  { header: /^(ulfius|yder|orcania|microhttpd)\.h$/, home: /^api\/http\/[^/]+\.[ch]$/ },
  { header: /^libpq-fe\.h$|^libpq\//, home: /^api\/engine\/[^/]+\.[ch]$/ },
  { header: /^jwt\.h$/, home: /^api\/security\/jwt\.c$/ },
  {
    header: /^curl\//,
    home: /^api\/(outbound\/(http_client|http_link|certificate|url)\.c|mail\/(smtp|mail_message)\.[ch])$/,
  },
  // engine/migrate.c compares the checksums of migrations.
  { header: /^(sodium\.h|gnutls\/|liboath\/)/, home: /^api\/(security\/|engine\/migrate\.c$)/ },
  { header: /^hpdf\.h$/, home: /^api\/habilitation\/habilitation_pdf\.c$/ },
];

const sources = files(/^api\/.*\.(c|h|def)$/);
const folderOf = (path) => (/^api\/([^/]+)\//.exec(path) ?? [])[1];

function includesOf(path) {
  const raw = read(path).split('\n');
  return codeOfC(read(path))
    .split('\n')
    .flatMap((line, index) => {
      if (!/^\s*#\s*include\b/.test(line)) return [];
      const [, quote, name] = /include\s*(["<])([^">]+)/.exec(raw[index]) ?? [];
      return [
        { path, name, own: quote === '"', where: `${path}:${index + 1}: ${raw[index].trim()}` },
      ];
    });
}

const includes = sources.flatMap(includesOf);

// "sql/token.h", which sqlgen writes, is of the room token.
const roomOf = (name) => (/^sql\/(\w+)\.h$/.exec(name) ?? [])[1] ?? name.split('/')[0];

test('rooms_include_only_rooms_below', () => {
  const wrong = includes.filter(({ path, name, own }) => {
    const from = ROOMS.indexOf(folderOf(path));
    const to = ROOMS.indexOf(roomOf(name));
    return (
      own && from >= 0 && (to < 0 ? !(TOP.has(name) && folderOf(path) === 'commands') : to > from)
    );
  });
  none(wrong.map(({ where }) => where));
});

// What the linker is told, in the same order.
test('every_room_is_a_library_in_the_order_of_the_includes', () => {
  const built = [...read('api/CMakeLists.txt').matchAll(/^guichet_room\((\w+)/gm)].map(
    ([, name]) => name,
  );
  assert.deepEqual([...built, 'commands'], ROOMS);
});

test('every_folder_of_the_program_is_a_room', () => {
  const folders = new Set(sources.map(folderOf).filter((name) => name && name !== 'products'));
  none([...folders].filter((name) => !ROOMS.includes(name)));
});

test('the_drawing_of_the_rooms_is_that_of_the_includes', () => {
  const drawing = read('api/ARCHITECTURE.md').split('```')[1];
  const drawn = drawing.split('\n').map((line) => line.split(/\s+/)[0]);
  assert.deepEqual(drawn.filter((name) => name && !name.includes('.')).reverse(), ROOMS);
});

// Each room keeps its rows of the route table, its statements and its README.
test('statements_lie_in_the_room_that_uses_them_or_above', () => {
  const users = new Map();
  for (const path of sources) {
    for (const [, name] of codeOfC(read(path)).matchAll(/\bSQL_([A-Z0-9_]+)\b/g)) {
      users.set(name, [...(users.get(name) ?? []), ROOMS.indexOf(folderOf(path))]);
    }
  }
  none(
    files(/^sql\/queries\/.*\.sql$/).filter((path) => {
      const [, , room, file] = path.split('/');
      const lowest = Math.min(...(users.get(file.replace('.sql', '').toUpperCase()) ?? [Infinity]));
      return !ROOMS.includes(room) || lowest < ROOMS.indexOf(room);
    }),
  );
});

test('own_headers_are_included_by_folder', () => {
  const bare = includes.filter(
    ({ path, name, own }) => own && folderOf(path) && !name.includes('/') && !TOP.has(name),
  );
  none(bare.map(({ where }) => where));
});

test('outbound_and_mail_know_no_subject', () => {
  const subjects = ROOMS.slice(ROOMS.indexOf('http'), ROOMS.indexOf('program') + 1);
  const wrong = includes.filter(
    ({ path, name, own }) =>
      own && ['outbound', 'mail'].includes(folderOf(path)) && subjects.includes(name.split('/')[0]),
  );
  none(wrong.map(({ where }) => where));
});

test('each_foreign_library_is_used_by_one_room', () => {
  const strayed = includes.filter(
    ({ path, name, own }) =>
      !own && HOMES.some(({ header, home }) => header.test(name) && !home.test(path)),
  );
  none(strayed.map(({ where }) => where));
});

test('headers_are_guarded_by_their_path', () => {
  const wrong = sources
    .filter((path) => path.endsWith('.h'))
    .filter((path) => {
      const name = path.slice('api/'.length);
      const guards = [`GUICHET_${name.toUpperCase().replace(/[/.]/g, '_')}`];
      const [, guard] = /^#ifndef (\w+)\n#define \1\n/.exec(read(path)) ?? [];
      return !guards.includes(guard);
    });
  none(wrong);
});
