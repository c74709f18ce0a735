// `/api/v1/upstream-credentials`: each user's own credential for a product, for identity mode `per-user` [GW-42]. It is taken and
// removed here, and never given out again.
import { parseAuthorization } from '../../authn/authorization-header.js';
import { LIMITS, type Principal, Secret, type UpstreamProduct } from '../../core/index.js';
import type { ActRecorder } from '../../plugin-kit/contract.js';
import { requireFields } from '../../plugin-kit/request-body.js';
import { requireCaller, type RestAnswer, type RestCall, RestFault, type Route } from '../../plugin-kit/rest.js';
import type { Directory } from '../../store/directory/directory.js';
import type { UpstreamCredentials } from '../../store/upstream-credentials.js';
import { requireAdministrator } from '../require-caller.js';
import { actOf, requireUser } from './users.js';

export interface UpstreamCredentialRoutesNeeds {
  readonly directory: Pick<Directory, 'findByUsername'>;
  readonly upstreamCredentials: UpstreamCredentials;
  readonly trail: ActRecorder;
}

/** Whose credential a call is about. Throws RestFault for a caller who may not ask. */
type OwnerOf = (call: RestCall) => Promise<Principal>;

/** The routes for one's own credentials, and the same for administrators below each user. */
export function upstreamCredentialRoutes(needs: UpstreamCredentialRoutesNeeds): readonly Route[] {
  const own: OwnerOf = async (call) => requireCaller(call).principal;
  const anyUsers: OwnerOf = async (call) => {
    requireAdministrator(call.caller);
    return requireUser(needs.directory, call);
  };
  return [
    ...routesAt('/upstream-credentials/:product', needs, own),
    ...routesAt('/users/:username/upstream-credentials/:product', needs, anyUsers),
  ];
}

function routesAt(path: string, needs: UpstreamCredentialRoutesNeeds, ownerOf: OwnerOf): readonly Route[] {
  return [
    { method: 'GET', path, handle: (call) => tellStored(needs, ownerOf, call) },
    { method: 'PUT', path, handle: (call) => store(needs, ownerOf, call) },
    { method: 'DELETE', path, handle: (call) => remove(needs, ownerOf, call) },
  ];
}

async function tellStored({ upstreamCredentials }: UpstreamCredentialRoutesNeeds, ownerOf: OwnerOf, call: RestCall): Promise<RestAnswer> {
  const owner = await ownerOf(call);
  return { status: 200, json: { stored: (await upstreamCredentials.get(owner.userId, productOf(call))) !== null } };
}

async function store({ upstreamCredentials, trail }: UpstreamCredentialRoutesNeeds, ownerOf: OwnerOf, call: RestCall): Promise<RestAnswer> {
  const { userId, username } = await ownerOf(call);
  const product = productOf(call);
  const credential = readCredential(await call.json());
  const act = actOf(call, 'upstream-credential.stored', { username, product });
  await trail.act(act, () => upstreamCredentials.set(userId, product, credential));
  return { status: 204 };
}

async function remove(
  { upstreamCredentials, trail }: UpstreamCredentialRoutesNeeds,
  ownerOf: OwnerOf,
  call: RestCall,
): Promise<RestAnswer> {
  const { userId, username } = await ownerOf(call);
  const product = productOf(call);
  const act = actOf(call, 'upstream-credential.removed', { username, product });
  await trail.act(act, () => upstreamCredentials.delete(userId, product));
  // Also where none was stored: what the caller wants is true now (RFC 9110 §9.2.2).
  return { status: 204 };
}

function productOf(call: RestCall): UpstreamProduct {
  const product = call.parameters['product'];
  if (product === 'jira' || product === 'confluence') return product;
  throw new RestFault(404, 'The products are jira and confluence.', { kind: 'unknown-product' });
}

/** The value of an Authorization header, as strictly as one that a client sends [GW-10]. Never part of a message. */
function readCredential(body: unknown): Secret {
  const { credential } = requireFields(body, ['credential']);
  if (typeof credential !== 'string') throw new RestFault(400, 'credential must be a string.');
  if (credential.length > LIMITS.authorizationBytesMax) throw new RestFault(400, 'credential is too long.');
  // The products want these letters and one blank [PAT-10], whatever else RFC 9110 allows.
  const isUsable = /^(?:Basic|Bearer) \S+$/.test(credential) && parseAuthorization(credential).kind === 'credential';
  if (!isUsable) throw new RestFault(400, 'credential must be "Basic …" or "Bearer …", as in an Authorization header.');
  return new Secret(credential);
}
