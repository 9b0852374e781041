// A certified OpenID provider on this machine that logs its one person in without asking.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import Provider from 'oidc-provider';
import { freePort } from './ports.mjs';

export const PERSON = {
  sub: 'person-1',
  email: 'camille.martin@mairie.fr',
  email_verified: true,
  given_name: 'Camille',
  usual_name: 'Martin',
  siret: '21690123100011',
};

/** A private signing key as JWK. */
export function makeKey(alg, kid) {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

/** The provider's own page asks for something from outside; this one does not. */
function askToLogOut(ctx, form) {
  ctx.body = `<!DOCTYPE html><html lang="fr"><title>Fournisseur</title>${form}
    <button form="op.logoutForm" name="logout" value="yes">Me déconnecter partout</button></html>`;
}

function configuration({
  redirectUri,
  postLogoutUri,
  keys,
  idTokenAlg,
  userinfoAlg,
  person,
  tells,
}) {
  return {
    clients: [
      {
        client_id: 'guichet',
        client_secret: 'a secret with : and %',
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [postLogoutUri],
        id_token_signed_response_alg: idTokenAlg,
        ...(userinfoAlg ? { userinfo_signed_response_alg: userinfoAlg } : {}),
      },
    ],
    jwks: { keys },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'ES256'],
      userinfoSigningAlgValues: ['RS256', 'ES256'],
    },
    features: {
      devInteractions: { enabled: false },
      jwtUserinfo: { enabled: true },
      claimsParameter: { enabled: tells },
      rpInitiatedLogout: { logoutSource: askToLogOut },
    },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      given_name: ['given_name'],
      usual_name: ['usual_name'],
      siret: ['siret'],
      auth_time: null,
    },
    scopes: ['openid', 'email', 'given_name', 'usual_name', 'siret'],
    pkce: { required: () => true },
    conformIdTokenClaims: true,
    findAccount: () => ({ accountId: person.sub, claims: () => person }),
    interactions: { url: () => '/interaction' },
    renderError: (ctx, out) => {
      ctx.body = out;
    },
  };
}

/** Logs the person in and grants everything, where a page would ask. */
async function finishInteraction(provider, req, res, person, logins) {
  const { prompt, params, grantId } = await provider.interactionDetails(req, res);
  const ts = Math.floor(Date.now() / 1000) - logins.askedAgoS;
  let result = { login: { accountId: person.sub, ts } };
  if (prompt.name === 'login') {
    logins.count += 1;
  } else {
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: person.sub, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: true });
}

/**
 * @param {object} [options]
 * @param {string} [options.publicUrl] of the Guichet that logs in here
 * @param {'RS256' | 'ES256'} [options.alg] of the ID token
 * @param {'RS256' | 'ES256'} [options.userinfoAlg] signed userinfo; without it plain JSON
 * @param {typeof PERSON} [options.person]
 * @param {boolean} [options.tells] when it last asked the person, where it is asked to
 */
export async function startOidcProvider({
  publicUrl = 'http://127.0.0.1:8080',
  alg = 'RS256',
  userinfoAlg,
  person = { ...PERSON },
  tells = true,
} = {}) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const settings = {
    redirectUri: `${publicUrl}/v1/login/oidc/callback`,
    postLogoutUri: `${publicUrl}/`,
    idTokenAlg: alg,
    userinfoAlg,
    person,
    tells,
  };
  const logins = { count: 0, askedAgoS: 0 };
  const requests = [];
  let provider;
  const useKeys = (keys) => {
    provider = new Provider(issuer, /** @type {any} */ (configuration({ ...settings, keys })));
  };
  useKeys([makeKey('RS256', 'rsa-1'), makeKey('ES256', 'ec-1')]);
  const server = http.createServer((req, res) => {
    requests.push(`${req.method} ${req.url.split('?')[0]}`);
    if (req.url.startsWith('/interaction')) {
      finishInteraction(provider, req, res, person, logins).catch((error) =>
        res.writeHead(500).end(String(error)),
      );
    } else {
      provider.callback()(req, res);
    }
  });
  const listen = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen();
  return {
    issuer,
    person,
    requests,
    /** How often it asked the person, and how long ago it says that it did. */
    logins,
    env: {
      GUICHET_OIDC_ISSUER: issuer,
      GUICHET_OIDC_CLIENT_ID: 'guichet',
      GUICHET_OIDC_CLIENT_SECRET: 'a secret with : and %',
    },
    /** New keys under new names; the old ones are gone. */
    rotateKeys: () => useKeys([makeKey('RS256', 'rsa-2'), makeKey('ES256', 'ec-2')]),
    start: listen,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Plays the browser at the provider, from the address of the log-in back to ours.
 * @returns {Promise<URL>} the callback's address, not visited
 */
export async function walkThroughProvider(url, issuer) {
  const cookies = new Map();
  let next = new URL(url);
  while (next.href.startsWith(issuer)) {
    const answer = await fetch(next, {
      redirect: 'manual',
      headers: { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (!location) throw new Error(`${answer.status} ${await answer.text()}`);
    next = new URL(location, next);
  }
  return next;
}
