// The screens' own texts, in the time zone of most of their readers.
import { readFileSync } from 'node:fs';
import { useTexts } from '../../frontend/lib/i18n.js';

process.env.TZ = 'Europe/Paris';

/** @param {'fr' | 'en'} language */
export function speak(language) {
  const file = new URL(`../../frontend/locales/${language}.json`, import.meta.url);
  useTexts(JSON.parse(readFileSync(file, 'utf8')), language);
}
