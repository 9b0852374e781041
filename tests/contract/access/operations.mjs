// What each actor sends to each operation: a request that is valid for some actor.
import { randomUUID } from 'node:crypto';
import { signUpForm } from '../../support/accounts.mjs';
import { SIRETS } from '../../support/sirets.mjs';
import { ORGANISATION, PRODUCT } from './actors.mjs';
import { pdfForm } from './objects.mjs';

const email = () => `n${randomUUID().slice(0, 8)}@paris.example`;
const KEPT = { still_in_charge: true, purpose_unchanged: true, contacts_unchanged: true };

/** The request itself, of the path of an act on it. @param {string} path */
const ofRequest = (path) => path.replace(/\/[^/]*$/, '');

/**
 * @typedef {object} Sent
 * @property {(named: Record<string, string>, world: object) => unknown} [body] `named`: the object acted on
 * @property {string} [query]
 * @property {boolean | ((path: string) => string)} [match] If-Match is sent, as the applicant reads it: at the path of
 *   the act, or at the one that the function makes of it
 * @property {boolean} [own] the act ends or changes its own actor: each is made anew
 * @property {string} [lists] the answer is a list: which member of the object its items are looked for by
 * @property {boolean} [basic] programs show their secret by HTTP Basic
 */

/** @type {Record<string, Sent>} by operationId; those that send nothing have no row */
export const SENT = {
  signUp: { body: () => signUpForm({ email: email() }) },
  listAccounts: { query: 'q=ville-' },
  suspendAccount: { body: () => ({ reason: 'Compte pris' }) },
  liftSuspension: { body: () => ({ reason: 'Rendu' }) },
  resetSecondFactorOf: { body: () => ({ reason: 'Appareil perdu' }) },
  endMembership: { body: () => ({ reason: 'Est parti' }) },
  previewActivation: { body: () => ({ token: 'x'.repeat(43) }) },
  activateAccount: {
    body: () => ({ token: 'x'.repeat(43), password: 'parapluie-vert-42-Mistral' }),
  },
  sendActivationMail: { body: () => ({ email: email() }) },
  sendPasswordResetMail: { body: () => ({ email: email() }) },
  previewPasswordReset: { body: () => ({ token: 'x'.repeat(43) }) },
  resetPassword: { body: () => ({ token: 'x'.repeat(43), password: 'parapluie-vert-42-Mistral' }) },
  updateAccount: { body: () => ({ job_title: 'Secrétaire' }), match: true, own: true },
  deleteAccount: { own: true },
  changePassword: {
    own: true,
    body: (_, { password }) => ({
      current_password: password,
      password: 'parapluie-vert-42-Mistral',
    }),
  },
  changeEmail: { body: () => ({ email: email() }), own: true },
  confirmEmail: { body: () => ({ token: 'x'.repeat(43) }) },
  deleteSessions: { own: true },
  enrolSecondFactor: { own: true },
  removeSecondFactor: { own: true },
  confirmSecondFactor: { body: () => ({ code: '000000' }), own: true },
  renewRecoveryCodes: { own: true },
  unsubscribe: { body: () => new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) },
  logIn: { body: () => ({ email: email(), password: 'un-mot-de-passe-inconnu' }) },
  logOut: { own: true },
  passSecondFactor: { body: () => ({ code: '000000' }), own: true },
  finishOidcLogin: { query: 'code=x&state=x' },
  searchEstablishments: { query: 'q=clamart' },
  getLikelyCase: { query: 'domain=paris.example' },
  addTrustedDomain: { body: () => ({ domain: `d${randomUUID().slice(0, 8)}.example` }) },
  joinOrganisation: { own: true },
  leaveOrganisation: {},
  reportMembership: { body: () => ({ comment: 'Qui est-ce ?' }) },
  resolveMembership: { body: () => ({ outcome: 'accept' }), match: true },
  createTemplate: {
    body: () => ({
      outcome: 'refuse',
      name: randomUUID(),
      body: 'Le texte cité est trop général.',
    }),
  },
  updateTemplate: { body: () => ({ name: randomUUID() }), match: true },
  createRequest: {
    body: () => ({ product: PRODUCT, use_case: 'demande-libre', siret: ORGANISATION }),
  },
  updateRequest: { body: () => ({ title: 'Autre titre' }), match: true },
  addAttachment: { body: () => pdfForm() },
  decideRequest: { body: () => ({ outcome: 'refuse', reason: 'Motif' }), match: ofRequest },
  previewDecision: { body: () => ({ outcome: 'refuse', reason: 'Motif' }) },
  postMessage: { body: () => ({ body: 'Bonjour' }) },
  markMessagesRead: { body: ({ message_id: id }) => ({ message_id: id }) },
  addNote: { body: () => ({ body: 'À vérifier' }) },
  assignRequest: { body: () => ({ account_id: null }) },
  transferRequest: { body: (_, { colleague }) => ({ email: colleague }) },
  declineApproval: { body: () => ({ reason: 'Motif' }), match: ofRequest },
  confirmApproval: { match: (path) => ofRequest(ofRequest(path)) },
  cancelReopening: { body: () => ({ reason: 'Annulée' }), match: ofRequest },
  saveFilter: { body: () => ({ name: randomUUID(), query: {} }) },
  updateToken: { body: () => ({ allowed_ips: ['192.0.2.0/24'] }), match: true },
  prolongToken: { body: () => KEPT },
  rotateToken: { body: () => ({ overlap_days: 1 }) },
  revokeToken: { body: () => ({ reason: 'Jeton publié par erreur' }) },
  shareToken: { body: () => ({ email: email() }) },
  redeemShare: { body: ({ token }) => ({ token }) },
  listRequests: { query: 'limit=100', lists: 'id' },
  listTokens: { query: 'limit=100', lists: 'id' },
  listHabilitations: { query: 'limit=100', lists: 'id' },
  listClients: { query: 'limit=100', lists: 'id' },
  createExport: { body: () => ({ kind: 'account' }) },
  listExports: { query: 'limit=100', lists: 'id' },
  listWebhooks: { query: 'limit=100', lists: 'id' },
  listSavedFilters: { query: 'limit=100', lists: 'filter_id' },
  listStaff: { query: 'limit=100', lists: 'email' },
  listOrganisations: { query: 'limit=100', lists: 'siret' },
  listMembershipCases: { query: 'state=suspended&limit=100', lists: 'id' },
  listTemplates: { query: 'limit=100', lists: 'template_id' },
  getUsage: { query: 'window=10m' },
  exportCalls: { query: 'format=csv' },
  setAlerts: { body: () => ({ alerts: [] }) },
  postCalls: {
    body: ({ id }) => ({
      calls: [
        {
          token_id: id,
          request_id: randomUUID(),
          at: new Date(Date.now() - 60_000).toISOString(),
          endpoint: '/v4/insee/sirene/unites_legales/{siren}',
          status: 200,
          duration_ms: 1,
        },
      ],
    }),
  },
  createClient: { body: () => ({ name: 'Paie', siret: ORGANISATION, scopes: ['requests:read'] }) },
  updateClient: { body: () => ({ name: 'Autre nom' }), match: true },
  askClientPerson: { body: (_, { colleague }) => ({ email: colleague }) },
  takeOverClient: { body: () => ({ keep_secrets: true }) },
  getOwnClient: { basic: true },
  rotateClientSecret: { body: () => ({ overlap_days: 30 }), basic: true },
  createWebhook: {
    body: () => ({
      product: PRODUCT,
      siret: ORGANISATION,
      url: 'http://127.0.0.1:9/autre',
      events: ['request.created'],
    }),
  },
  updateWebhook: { body: () => ({ events: ['request.submitted'] }), match: true },
  issueAccessToken: {
    body: () => new URLSearchParams({ grant_type: 'client_credentials' }),
    basic: true,
  },
  introspectToken: { body: () => new URLSearchParams({ token: 'x' }) },
  revokeByString: { body: () => new URLSearchParams({ token: 'x' }) },
  grantRole: { body: ({ email: who }) => ({ email: who, role: 'reporter', product: PRODUCT }) },
  withdrawRole: { body: ({ email: who }) => ({ email: who, role: 'reporter', product: PRODUCT }) },
  callGateway: {
    query: `context=essai&object=essai&recipient=${SIRETS.PARIS}`,
  },
};
