// Strings of a former system, as it signs them, and the file that `guichet import-tokens` reads.
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const FORMER_SECRET = 'a-secret-of-the-former-system-of-64-bytes-0123456789abcdefghijkl';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * The string of a token.
 * @param {string} id of the token
 * @param {{header?: object, claims?: object, secret?: string}} [changed]
 */
export function formerString(
  id,
  { header = { alg: 'HS256' }, claims = {}, secret = FORMER_SECRET } = {},
) {
  const payload = { uid: id, jti: id, scopes: ['rien'], sub: 'Marchés', iat: 7, exp: 8, ...claims };
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Lets the strings of a former system be accepted for a token, for 90 days. */
export async function importFormerToken(server, id, { system = 'API Entreprise' } = {}) {
  const [secret, list] = ['secret', 'tokens.csv'].map((name) => join(server.dataDir, name));
  await writeFile(secret, FORMER_SECRET);
  await writeFile(list, `token_id\n${id}\n`);
  const until = new Date(Date.now() + 90 * 86_400_000);
  const options = [`--system=${system}`, `--secret-file=${secret}`];
  await server.command(['import-tokens', ...options, `--until=${until.toISOString()}`, list]);
}
