// What the pages tell people to type exists: commands and their options, scripts and their parts, units, services
// of docker-compose.yml, installed files, tests, settings.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { files, none, read } from './house.mjs';

const PAGES = files(/^(api\/deploy\/.*|README|CONTRIBUTING|api\/\w+|tests\/[\w/]*README)\.md$/);
const known = files();
/** A file, a folder, a file without its ending, or a program that is built of one. */
const exists = (path) => {
  const source = path.replace(/^tests\/(unit|store|fuzz)_/, 'tests/$1/').replace('X.Y.Z', '1.0.0');
  return known.some(
    (each) => each === source || each.startsWith(`${source}/`) || each.startsWith(`${source}.`),
  );
};

/** A word in capitals stands for something else. */
const isPlaceholder = (word) => /^[A-Z…]/.test(word);

const options = new Map(
  [...read('api/commands/options.def').matchAll(/^OPTION\((\w+), "([\w-]+)",/gm)].map(
    ([, id, name]) => [id, `--${name}`],
  ),
);
/** Options by the words of each command. */
const commands = new Map(
  [
    ...read('api/commands/commands.def').matchAll(/^COMMAND\("([\w -]+)", \w+, \d+, ([^"]*)"/gm),
  ].map(([, name, taken]) => [
    name,
    [...taken.matchAll(/TAKES\((\w+)\)/g)].map(([, id]) => options.get(id)),
  ]),
);
const script = read('script/test');
const partsOf = (list) => new RegExp(`^${list}=\\(([^)]*)\\)$`, 'm').exec(script)[1].split(' ');
const everyPart = [...partsOf('SHORT'), ...partsOf('LONG')];
const compose = Object.keys(parse(read('docker-compose.yml'), { merge: true }).services);
const units = files(/^api\/deploy\/systemd\/.*\.(service|timer)$/).map((path) =>
  path
    .split('/')
    .at(-1)
    .replace(/@?\.(service|timer)$/, ''),
);

/** Where a file of api/deploy is once installed. */
const sourceOf = (place) =>
  place
    .replace('/usr/share/guichet/products', 'api/products')
    .replace('/usr/share/guichet', 'api/deploy');

/** What people would type: blocks of commands, and code in a line. */
function codesOf(page) {
  const blocks = [...page.matchAll(/^```(?:sh|console)?\n([\s\S]*?)^```$/gm)].map(
    ([, text]) => text,
  );
  const spans = [...page.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)];
  const joined = [...blocks, ...spans.map(([, text]) => text)].map((text) =>
    text.replace(/\\\n\s*/g, ' ').split('\n'),
  );
  return joined.flat().map((line) => line.replace(/(^|\s)#.*$/, ''));
}

function judgeCommand(words) {
  const given = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]);
  const name = [words.slice(0, 2).join(' '), words[0]].find((each) => commands.has(each));
  if (!name) return [`guichet ${words.slice(0, 2).join(' ')}`];
  return given
    .filter((option) => !commands.get(name).includes(option))
    .map((option) => `guichet ${name} ${option}`);
}

/** Rows of what to look for in a line: the words behind it, and what of them is not there. */
const RULES = [
  [
    /(?:^|[\s|;&(])guichet(?:-admin)? ((?!--(?:help|version)\b)[a-z][^|;&<>)]*)/g,
    (text) => judgeCommand(text.trim().split(/\s+/)),
  ],
  [
    /\bdocker-compose(?: --profile \w+)? run(?: --rm| --volume \S+)* migration ([a-z][^|;&<>)]*)/g,
    (text) => judgeCommand(text.trim().split(/\s+/)),
  ],
  [
    /\bdocker-compose(?: --profile \w+)? (?:exec|restart|run|logs)(?: --(?:timeout|volume) \S+| --\w+)* ([a-z][\w-]*)/g,
    (service) => (compose.includes(service) ? [] : [`service ${service}`]),
  ],
  [
    /\bscript\/test((?: (?:--\w+|[a-z]\w*))*)/g,
    (text) =>
      text
        .split(' ')
        .filter((word) => word && !['--full', '--durations', '--help'].includes(word))
        .filter((part) => ![...everyPart, 'sanitize'].includes(part))
        .map((part) => `script/test ${part}`),
  ],
  [
    /(?:^|[\s(./])((?:script|tests|api\/deploy)\/[\w./-]*[\w-])/g,
    (path) => (exists(path) ? [] : [path]),
  ],
  [
    /(\/usr\/share\/guichet\/(?!www)[\w./-]+)/g,
    (place) => (exists(sourceOf(place)) ? [] : [place]),
  ],
  [
    /\b(?:systemctl (?:enable --now|restart|start|stop|reload)|journalctl -u) ([a-z][\w@ -]*)/g,
    (text) =>
      text
        .trim()
        .split(/\s+/)
        .map((unit) => unit.replace(/@\w*$/, ''))
        .filter((unit) => unit.startsWith('guichet') && !units.includes(unit)),
  ],
];

/** What a page names and there is not. */
const missingIn = (page) =>
  codesOf(page).flatMap((line) =>
    RULES.flatMap(([pattern, judge]) =>
      [...line.matchAll(pattern)].flatMap(([, text]) => (isPlaceholder(text) ? [] : judge(text))),
    ),
  );

test('every_rule_finds_what_is_not_there_and_leaves_what_is', () => {
  const wrong = [
    ['guichet rotate-key', ['guichet rotate-key']],
    [
      'x | guichet-admin create-account a@b --siret 1 --role-of x',
      ['guichet create-account --role-of'],
    ],
    ['docker-compose run --rm migration forget', ['guichet forget']],
    ['docker-compose exec postgres psql', ['service postgres']],
    ['script/test --full container', ['script/test container']],
    ['script/packages', ['script/packages']],
    ['tests/faults/failovers.test.mjs', ['tests/faults/failovers.test.mjs']],
    ['/usr/share/guichet/nginx/guichets.conf', ['/usr/share/guichet/nginx/guichets.conf']],
    ['systemctl enable --now guichet@8081 guichet-workers', ['guichet-workers']],
  ];
  for (const [line, found] of wrong) {
    assert.deepEqual(missingIn(`\`${line}\``), found);
    assert.deepEqual(missingIn(`\`\`\`sh\ncd / && true\n${line}\n\`\`\`\n`), found);
  }
  const right = [
    'guichet-admin backup check /var/backups/guichet-7.dump',
    'guichet --help',
    'guichet-admin create-account EMAIL \\\n  --siret 1 --password-stdin   # later: guichet nothing',
    'script/test --full containers',
    'tests/faults',
    'systemctl restart nginx guichet@8081',
  ];
  for (const line of right) assert.deepEqual(missingIn(`\`\`\`sh\n${line}\n\`\`\`\n`), [], line);
});

test('what_pages_tell_people_to_type_exists', () => {
  assert.ok(commands.size > 15 && options.size > 15 && units.length > 1 && PAGES.length > 20);
  const count = PAGES.flatMap((path) => codesOf(read(path))).filter((line) =>
    RULES.some(([pattern]) => line.match(pattern)),
  ).length;
  assert.ok(count > 100, `${count} lines`);
  none(PAGES.flatMap((path) => missingIn(read(path)).map((what) => `${path}: ${what}`)));
});

test('settings_that_pages_name_exist', () => {
  const told = [...read('api/deploy/settings.md').matchAll(/`(GUICHET_\w+)`/g)].map(([, n]) => n);
  assert.ok(told.length > 50);
  // Those of the tests and of the containers.
  const others = files(/^(script\/|tests\/(?!lint\/pages)|docker-compose|CMake).*(?<!\.md)$/)
    .map(read)
    .join('\n');
  const isKnown = (name) =>
    told.includes(name) || told.includes(name.replace(/_FILE$/, '')) || others.includes(name);
  assert.ok(!isKnown('GUICHET_MASTER_KEYS'), 'a misspelt one');
  none(
    PAGES.flatMap((path) =>
      [...new Set(read(path).match(/\bGUICHET_[A-Z0-9_]*[A-Z0-9]\b/g) ?? [])]
        .filter((name) => !isKnown(name))
        .map((name) => `${path}: ${name}`),
    ),
  );
});
