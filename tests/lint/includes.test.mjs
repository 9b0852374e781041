// Includes of api/ go one way, and each foreign library has one home.
import { test } from 'node:test';
import { codeOfC, files, read, none } from './house.mjs';

// What each folder may include beside itself.
const ALLOWED = {
  base: [],
  security: ['base'],
  store: ['base', 'security'],
  domain: ['store', 'security', 'base'],
  wire: ['domain', 'base'],
  outbound: ['domain', 'security', 'base'],
  gateway: ['outbound', 'domain', 'store', 'security', 'base'],
  worker: ['outbound', 'domain', 'store', 'security', 'base'],
  http: ['wire', 'domain', 'store', 'security', 'base'],
  // With main.c and app.c the top: each subcommand starts what it needs.
  commands: [
    'http',
    'worker',
    'gateway',
    'outbound',
    'domain',
    'store',
    'security',
    'base',
    'app.h',
  ],
};

// Which files may include a foreign header.
const HOMES = [
  { header: /^jansson\.h$/, home: /^api\/base\/json\.c$/ },
  { header: /^(ulfius|yder|orcania|microhttpd)\.h$/, home: /^api\/http\/[^/]+\.[ch]$/ },
  { header: /^libpq-fe\.h$|^libpq\//, home: /^api\/store\/[^/]+\.[ch]$/ },
  { header: /^jwt\.h$/, home: /^api\/security\/jwt\.c$/ },
  { header: /^curl\//, home: /^api\/outbound\/(http_client|http_link|smtp\w*)\.c$/ },
  // store/migrate.c compares the checksums of migrations.
  { header: /^(sodium\.h|gnutls\/|liboath\/)/, home: /^api\/(security\/|store\/migrate\.c$)/ },
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

test('folders_include_only_what_lies_below_them', () => {
  const wrong = includes.filter(({ path, name, own }) => {
    const from = folderOf(path);
    if (!own || !from) return false;
    const to = name.split('/')[0];
    return to !== from && !(ALLOWED[from] ?? []).includes(to);
  });
  none(wrong.map(({ where }) => where));
});

test('every_folder_of_the_program_has_its_rule', () => {
  const folders = new Set(sources.map(folderOf).filter((name) => name && name !== 'products'));
  none([...folders].filter((name) => !(name in ALLOWED)));
});

test('own_headers_are_included_by_folder', () => {
  const bare = includes.filter(
    ({ path, name, own }) => own && folderOf(path) && !name.includes('/') && name !== 'app.h',
  );
  none(bare.map(({ where }) => where));
});

test('outbound_knows_the_domain_by_its_ports_only', () => {
  const wrong = includes.filter(
    ({ path, name }) =>
      folderOf(path) === 'outbound' && name.startsWith('domain/') && name !== 'domain/ports.h',
  );
  none(wrong.map(({ where }) => where));
});

test('each_foreign_library_has_one_home', () => {
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
      // worker/worker.h may do without its folder.
      const guards = [name, name.replace(/(\w+)\/\1\.h$/, '$1.h')].map(
        (text) => `GUICHET_${text.toUpperCase().replace(/[/.]/g, '_')}`,
      );
      const [, guard] = /^#ifndef (\w+)\n#define \1\n/.exec(read(path)) ?? [];
      return !guards.includes(guard);
    });
  none(wrong);
});
