// What the tests run of the program and of the screens: `coverage.mjs UNIT ALL PAGES [--write]`, with the
// summaries of gcovr after the unit tests and after all, and the folder of what the pages ran. Prints the
// table of tests/COVERAGE.md. Fails where a figure fell; --write puts the table there.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../COVERAGE.md', import.meta.url));
const TABLE = /<!-- coverage -->\n[\s\S]*?<!-- end of coverage -->/;
/** Points that a figure may fall: what is run differs a little from run to run. */
const SLACK = 1;

const [unitFile, allFile, pagesFolder] = process.argv.slice(2);

/** Lines of C by room: `{room: [run, all]}`. */
function linesOf(file) {
  const { files } = JSON.parse(readFileSync(file, 'utf8'));
  const rooms = {};
  for (const { filename, line_covered: run, line_total: total } of files) {
    const [, room] = /^api\/(\w+)\//.exec(filename) ?? [null, 'main'];
    rooms[room] ??= [0, 0];
    rooms[room][0] += run;
    rooms[room][1] += total;
  }
  return rooms;
}

/** Marks in `seen` each character that ran: of nested ranges the inner one counts. */
function mark(seen, functions) {
  const ran = new Uint8Array(seen.length);
  for (const { ranges } of functions) {
    for (const { startOffset, endOffset, count } of ranges) {
      ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    }
  }
  for (let i = 0; i < seen.length; i++) seen[i] |= ran[i];
}

/** Lines of the screens by folder: a line ran when its last character did. */
function linesOfScreens(folder) {
  const scripts = new Map();
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    for (const { url, source, functions } of JSON.parse(
      readFileSync(`${folder}/${name}`, 'utf8'),
    )) {
      const path = new URL(url).pathname.replace(/^\/static\/\w+\//, '');
      if (!/^(lib|components|pages)\//.test(path)) continue;
      if (!scripts.has(path)) scripts.set(path, { source, seen: new Uint8Array(source.length) });
      mark(scripts.get(path).seen, functions);
    }
  }
  const folders = {};
  for (const [path, { source, seen }] of scripts) {
    const folder = `frontend/${path.split('/')[0]}`;
    folders[folder] ??= [0, 0];
    let at = 0;
    for (const line of source.split('\n')) {
      at += line.length + 1;
      if (!/[^\s{}();,*/]/.test(line) || /^\s*(\*|\/\*|\/\/)/.test(line)) continue;
      folders[folder][0] += seen[at - 2];
      folders[folder][1] += 1;
    }
  }
  return folders;
}

const percent = ([run, total]) => (total === 0 ? 0 : Math.round((100 * run) / total));
const sum = (parts) =>
  Object.values(parts).reduce(([run, total], [r, t]) => [run + r, total + t], [0, 0]);

function rows() {
  const [unit, all] = [linesOf(unitFile), linesOf(allFile)];
  const screens = linesOfScreens(pagesFolder);
  const c = Object.keys(all)
    .sort()
    .map((room) => [`api/${room}`, percent(unit[room] ?? [0, 0]), percent(all[room])]);
  const js = Object.entries(screens)
    .sort()
    .map(([folder, lines]) => [folder, '', percent(lines)]);
  return [
    ['**C**', percent(sum(unit)), percent(sum(all))],
    ...c,
    ['**JavaScript in Chromium**', '', percent(sum(screens))],
    ...js,
  ];
}

/** @param {(string | number)[][]} cells */
function draw(cells) {
  const lines = cells.map(([name, unit, all]) => `| ${name} | ${unit} | ${all} |`);
  return `| lines run, in percent | unit | all |\n| --- | --- | --- |\n${lines.join('\n')}`;
}

/** The figure of each row of the table, by its name. */
function figuresOf(table) {
  const found = [...table.matchAll(/^\| (\S.*?) +\| *\d* *\| (\d+) *\|$/gm)];
  return new Map(found.map(([, name, figure]) => [name, Number(figure)]));
}

const now = rows();
const table = draw(now);
process.stdout.write(`${table}\n`);
const text = readFileSync(PAGE, 'utf8');
if (process.argv.includes('--write')) {
  writeFileSync(
    PAGE,
    text.replace(TABLE, `<!-- coverage -->\n\n${table}\n\n<!-- end of coverage -->`),
  );
} else {
  const kept = figuresOf(TABLE.exec(text)[0]);
  const fallen = now.filter(
    ([name, , figure]) => Number(figure) < (kept.get(String(name)) ?? 0) - SLACK,
  );
  for (const [name, , figure] of fallen) {
    process.stdout.write(`${name}: ${kept.get(String(name))} % became ${figure} %\n`);
  }
  process.exitCode = fallen.length > 0 ? 1 : 0;
}
