/** The same call in three languages, and how a program gets its access token. */
import { copyButton } from '../../../components/copy-button/copy-button.js';
import { h } from '../../../lib/h.js';
import { t } from '../../../lib/i18n.js';

const PATH = '/gateway/api-entreprise/v4/insee/sirene/unites_legales/130025265';
const PARAMETERS = {
  context: 'Marchés publics',
  object: 'Essai',
  recipient: '21690123100011',
};

export function howToPanel() {
  const { origin } = location;
  return h(
    'div',
    null,
    h('h2', null, t('programs.call_title')),
    h('p', null, t('programs.call_text')),
    sample('curl', curlCall(origin)),
    sample('Python', pythonCall(origin)),
    sample('JavaScript (Node.js)', javascriptCall(origin)),
    h('h2', null, t('programs.rest_title')),
    h('p', null, t('programs.rest_text')),
    sample('curl', curlRest(origin)),
    sample('Python', pythonRest(origin)),
    sample('JavaScript (Node.js)', javascriptRest(origin)),
    h('h2', null, t('programs.rotate_title')),
    h('p', null, t('programs.rotate_text')),
    sample('curl', curlRotate(origin)),
    h('h2', null, t('programs.secret_title')),
    h('p', null, t('programs.secret_text')),
    sample('curl', curlSecret(origin)),
    h('h2', null, t('programs.signature_title')),
    h('p', null, t('programs.signature_text')),
    sample('Python', PYTHON_GENUINE),
    sample('JavaScript (Node.js)', JAVASCRIPT_GENUINE),
    h('h2', null, t('programs.contract_title')),
    h('p', null, t('programs.contract_text')),
    h(
      'ul',
      null,
      h('li', null, h('a', { href: '/docs' }, t('programs.docs'))),
      h('li', null, h('a', { href: '/openapi.yaml' }, 'openapi.yaml')),
      h('li', null, h('a', { href: '/.well-known/jwks.json' }, t('programs.jwks'))),
    ),
  );
}

/**
 * @param {string} language
 * @param {string} code
 */
function sample(language, code) {
  return h(
    'div',
    null,
    h('h3', null, language),
    h('pre', { class: 'code', tabindex: '0' }, h('code', null, code)),
    copyButton(() => code),
  );
}

const PYTHON_GENUINE = `import hashlib, hmac, os, time

def is_genuine(header, raw_body):
    parts = [part.split("=", 1) for part in header.split(",")]
    at = dict(parts)["t"]
    key = os.environ["WEBHOOK_SECRET"].encode()
    expected = hmac.new(key, at.encode() + b"." + raw_body, hashlib.sha256).hexdigest()
    return abs(time.time() - int(at)) < 300 and any(
        name == "v1" and hmac.compare_digest(expected, value) for name, value in parts
    )`;

const JAVASCRIPT_GENUINE = `import { createHmac, timingSafeEqual } from 'node:crypto';

export function isGenuine(header, rawBody) {
  const parts = header.split(',').map((part) => part.split('='));
  const at = parts.find(([name]) => name === 't')[1];
  const hmac = createHmac('sha256', process.env.WEBHOOK_SECRET);
  const expected = hmac.update(at + '.').update(rawBody).digest('hex');
  const matches = ([name, value]) =>
    name === 'v1' &&
    value.length === expected.length &&
    timingSafeEqual(Buffer.from(value), Buffer.from(expected));
  return Math.abs(Date.now() / 1000 - Number(at)) < 300 && parts.some(matches);
}`;

/** @param {string} origin */
const curlCall = (origin) => `export GUICHET_TOKEN='…'
curl --get '${origin}${PATH}' \\
  --header "Authorization: Bearer $GUICHET_TOKEN" \\
${Object.entries(PARAMETERS)
  .map(([name, value]) => `  --data-urlencode '${name}=${value}'`)
  .join(' \\\n')}`;

/** @param {string} origin */
const pythonCall = (origin) => `import json, os, urllib.parse, urllib.request

parameters = urllib.parse.urlencode(${JSON.stringify(PARAMETERS)})
request = urllib.request.Request(
    "${origin}${PATH}?" + parameters,
    headers={"Authorization": "Bearer " + os.environ["GUICHET_TOKEN"]},
)
with urllib.request.urlopen(request, timeout=15) as answer:
    print(json.load(answer)["data"])`;

/** @param {string} origin */
const javascriptCall = (
  origin,
) => `const parameters = new URLSearchParams(${JSON.stringify(PARAMETERS)});
const answer = await fetch('${origin}${PATH}?' + parameters, {
  headers: { Authorization: 'Bearer ' + process.env.GUICHET_TOKEN },
  signal: AbortSignal.timeout(15_000),
});
console.log(answer.status, await answer.json());`;

/** @param {string} origin */
const curlRest = (origin) => `export CLIENT_ID='…' CLIENT_SECRET='…'
ACCESS=$(curl --silent --user "$CLIENT_ID:$CLIENT_SECRET" \\
  --data grant_type=client_credentials '${origin}/v1/oauth/token' | jq -r .access_token)
curl --header "Authorization: Bearer $ACCESS" '${origin}/v1/requests?limit=5'`;

/** @param {string} origin */
const curlRotate = (origin) => `export TOKEN_ID='…'
curl --fail --header "Authorization: Bearer $ACCESS" \\
  --header 'Content-Type: application/json' --header "Idempotency-Key: $(date +%F)" \\
  --data '{"overlap_days": 7}' "${origin}/v1/tokens/$TOKEN_ID/rotation" | jq -r .token`;

/** @param {string} origin */
const curlSecret = (origin) => `curl --fail --user "$CLIENT_ID:$CLIENT_SECRET" \\
  --header 'Content-Type: application/json' \\
  --data '{"overlap_days": 7}' '${origin}/v1/clients/me/rotation' | jq -r .secret`;

/** @param {string} origin */
const pythonRest = (origin) => `import base64, json, os, urllib.request

pair = os.environ["CLIENT_ID"] + ":" + os.environ["CLIENT_SECRET"]
ask = urllib.request.Request(
    "${origin}/v1/oauth/token",
    data=b"grant_type=client_credentials",
    headers={"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()},
)
access = json.load(urllib.request.urlopen(ask, timeout=15))["access_token"]
read = urllib.request.Request(
    "${origin}/v1/requests?limit=5", headers={"Authorization": "Bearer " + access}
)
print(json.load(urllib.request.urlopen(read, timeout=15))["items"])`;

/** @param {string} origin */
const javascriptRest = (
  origin,
) => `const pair = process.env.CLIENT_ID + ':' + process.env.CLIENT_SECRET;
const granted = await fetch('${origin}/v1/oauth/token', {
  method: 'POST',
  headers: { Authorization: 'Basic ' + Buffer.from(pair).toString('base64') },
  body: new URLSearchParams({ grant_type: 'client_credentials' }),
});
const { access_token } = await granted.json();
const answer = await fetch('${origin}/v1/requests?limit=5', {
  headers: { Authorization: 'Bearer ' + access_token },
});
console.log((await answer.json()).items);`;
