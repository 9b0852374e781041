/**
 * Assembles what is served: build/www/.
 *
 *   node frontend/assemble.mjs [OUT]      (default: build/www beside this folder)
 *
 *   OUT/index.html, OUT/routes.json       not cached for ever
 *   OUT/static/<hash>/…                   immutable: the hash is that of the whole content
 *
 * Nothing is bundled: modules are copied as they are; the styles are laid one
 * after the other in assets/app.css, Pico first in a layer of its own. Each
 * text file gets a .gz and a .br beside it.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const SOURCE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(SOURCE);
const MODULES = process.env.GUICHET_NODE_MODULES ?? join(ROOT, 'node_modules');
const OUT = process.argv[2] ?? join(ROOT, 'build', 'www');

const SERVED = ['main.js', 'routes.json', 'lib', 'components', 'pages', 'locales', 'assets'];
const VENDOR = {
  'uplot/uPlot.esm.js': 'uplot/dist/uPlot.esm.js',
  'uplot/uPlot.min.css': 'uplot/dist/uPlot.min.css',
  'swagger-ui/swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
  'swagger-ui/swagger-ui-bundle.js': 'swagger-ui-dist/swagger-ui-bundle.js',
};
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.svg']);
const SMALLEST_COMPRESSED_BYTES = 256;

const staging = `${OUT}.new`;
rmSync(staging, { recursive: true, force: true });
const assets = join(staging, 'assets');
mkdirSync(assets, { recursive: true });

for (const name of SERVED) {
  cpSync(join(SOURCE, name), join(assets, name), {
    recursive: true,
    filter: (path) => !/\.md$|screenshots$/.test(path),
  });
}
for (const [name, from] of Object.entries(VENDOR)) {
  mkdirSync(dirname(join(assets, 'vendor', name)), { recursive: true });
  cpSync(join(MODULES, from), join(assets, 'vendor', name));
}
writeFileSync(join(assets, 'assets', 'app.css'), stylesheet());

const hash = hashOf(assets);
const prefix = `/static/${hash}`;
mkdirSync(join(staging, 'static'));
renameSync(assets, join(staging, 'static', hash));
for (const name of readdirSync(SOURCE).filter((n) => n.endsWith('.html'))) {
  const page = readFileSync(join(SOURCE, name), 'utf8');
  writeFileSync(
    join(staging, name),
    page.replaceAll('%STATIC%', prefix).replace('%PRELOAD%', preloads(prefix)),
  );
}
cpSync(join(SOURCE, 'routes.json'), join(staging, 'routes.json'));
for (const file of filesOf(staging)) compress(file);

rmSync(OUT, { recursive: true, force: true });
mkdirSync(dirname(OUT), { recursive: true });
renameSync(staging, OUT);
console.log(`${relative(process.cwd(), OUT) || '.'}: ${hash}, ${filesOf(OUT).length} files`);

/** Pico in its layer, then our base, then one style per component, print last. */
function stylesheet() {
  const pico = readFileSync(join(MODULES, '@picocss/pico/css/pico.min.css'), 'utf8').replace(
    /^@charset "UTF-8";/,
    '',
  );
  const components = readdirSync(join(SOURCE, 'components'))
    .map((name) => join(SOURCE, 'components', name, `${name}.css`))
    .filter((path) => existsSync(path));
  const asset = (name) => join(SOURCE, 'assets', name);
  const own = [
    ...['base.css', 'controls.css'].map(asset),
    ...components,
    ...['pages.css', 'print.css'].map(asset),
  ];
  return [`@layer vendor {\n${pico}\n}`, ...own.map((path) => readFileSync(path, 'utf8'))].join(
    '\n',
  );
}

/** What every page needs, named up front: the modules that main.js imports, texts, routes. */
function preloads(staticPrefix) {
  const modules = [...importsOf('main.js', new Set())];
  return [
    ...modules.map((m) => `<link rel="modulepreload" href="${staticPrefix}/${m}" />`),
    `<link rel="preload" href="${staticPrefix}/routes.json" as="fetch" crossorigin />`,
  ].join('\n    ');
}

function importsOf(module, seen) {
  if (seen.has(module)) return seen;
  seen.add(module);
  const text = readFileSync(join(SOURCE, module), 'utf8');
  for (const [, target] of text.matchAll(/^import .*?from '(\..+?)';$/gms)) {
    importsOf(posix.join(posix.dirname(module), target), seen);
  }
  return seen;
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function hashOf(folder) {
  const sum = createHash('sha256');
  for (const file of filesOf(folder))
    sum.update(relative(folder, file)).update('\0').update(readFileSync(file)).update('\0');
  return sum.digest('hex').slice(0, 12);
}

function compress(file) {
  const content = readFileSync(file);
  if (!COMPRESSED.has(extname(file)) || content.length < SMALLEST_COMPRESSED_BYTES) return;
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  const quality = content.length > 500_000 ? 9 : constants.BROTLI_MAX_QUALITY;
  writeFileSync(
    `${file}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
  );
}
