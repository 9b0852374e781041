// A database as a country fills it: tests/bench/country.sql, in any size.
import { readFile } from 'node:fs/promises';

const FILL = new URL('../bench/country.sql', import.meta.url);

/**
 * @param {import('./database.mjs').Database} database migrated and empty
 * @param {{requests: number, organisations?: number, accounts?: number, calls?: number}} size
 */
export async function fillCountry(
  database,
  { requests, organisations = requests * 0.18, accounts = requests * 0.3, calls = requests * 25 },
) {
  const words = {
    ORGANISATIONS: organisations,
    ACCOUNTS: accounts,
    CALLS: calls,
    REQUESTS: requests,
  };
  let text = await readFile(FILL, 'utf8');
  for (const [word, value] of Object.entries(words)) text = text.replaceAll(word, String(value));
  await database.sql(text);
  await compareDerived(database, Math.round(requests / 50));
  while ((await database.sql('select call_roll_next()'))[0] === 't');
  await database.sql('vacuum analyze');
}

// What country.sql writes itself is what the triggers write.
async function compareDerived(database, step) {
  const sorted = (column) => `array(select unnest(${column}) order by 1)`;
  const columns = `number, search, ${sorted('contact_emails')}, ${sorted('named_keys')}`;
  const sample = `select ${columns} from request where number % ${step} = 7`;
  const before = await database.sql(sample);
  await database.sql(`update request set search = '' where number % ${step} = 7`);
  const after = await database.sql(sample);
  if (before.toSorted().join('\n') !== after.toSorted().join('\n'))
    throw new Error(
      `country.sql fills in other columns than the triggers:\n${before[0]}\n${after[0]}`,
    );
}
