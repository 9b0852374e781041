// Third-party programs for the tests: made by a person, with their secret, and the persons who answer for them.

/** @typedef {{id: string, path: string, secret: string, client: object}} Program `client`: as it was made */

/**
 * @param {{client: import('./client.mjs').Client}} person who makes it
 * @param {object} members of POST /v1/clients
 * @returns {Promise<Program>}
 */
export async function createProgram(person, members) {
  const made = await person.client.post('/v1/clients', members);
  const { client, client_secret: secret } = made.expect(201).body;
  return { id: client.id, path: `/v1/clients/${client.id}`, secret, client };
}

/** The options of a request that shows the secret by HTTP Basic. */
export const basic = ({ id, secret }) => ({
  headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
});

export function askAccessToken(server, program) {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  return server.client().post('/v1/oauth/token', form, basic(program));
}

export async function accessTokenOf(server, program) {
  return (await askAccessToken(server, program)).expect(200).body.access_token;
}

/** Makes `person` responsible too, by an act of each. */
export async function addResponsible(responsible, { path }, person) {
  const persons = `${path}/responsible-persons`;
  (await responsible.client.post(persons, { email: person.email })).expect(201);
  (await person.client.post(`${persons}/acceptance`)).expect(200);
}
