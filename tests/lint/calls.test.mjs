// Calls that have a safer twin, and markup made from strings.
import { test } from 'node:test';
import { codeOfC, files, grep, none } from './house.mjs';

const BANNED =
  /\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|sscanf|gmtime|localtime|asctime|ctime|system|popen|alloca|rand|srand|mktemp|tmpnam)\s*\(/;
const MARKUP =
  /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc)\b|\beval\s*\(|new Function\(|setAttribute\(\s*['"]on/;

test('no_call_that_has_a_safer_alternative', () => {
  none(grep(files(/^(api|tests)\/.*\.[ch]$/), BANNED, codeOfC));
});

test('no_variable_argument_as_format', () => {
  const loose = /\b(printf|syslog|warnx?|errx?)\s*\(\s*[a-z_]\w*\s*[,)]/;
  none(grep(files(/^api\/.*\.c$/), loose, codeOfC));
});

test('no_markup_from_strings_in_the_frontend', () => {
  none(grep(files(/^frontend\/.*\.m?js$/), MARKUP));
});

test('no_external_url_in_the_frontend', () => {
  const outside =
    /(src|href)=["']https?:|@import\s+url\(\s*["']?https?:|\bfetch\(\s*[`'"]https?:|import\s+.*["']https?:/;
  none(grep(files(/^frontend\/.*\.(m?js|css)$|^frontend\/index\.html$/), outside));
});
