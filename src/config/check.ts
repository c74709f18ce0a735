// What single settings cannot say of themselves: rules between them. All problems at once, like everything about settings.
import type { UpstreamProduct } from '../core/index.js';
import { environmentName } from './environment-name.js';
import { ConfigError, type Settings } from './load.js';
import { HOUSE_SETTINGS as S } from './schema.js';

/** A product that is carried: where it lies, and what is behind it; `sample` is the built-in one. */
export interface CarriedProduct {
  readonly product: UpstreamProduct;
  readonly contextPath: string;
  readonly upstream: URL | 'sample';
}

/** The products to carry. Throws ConfigError with every rule that the settings break. */
export function checkSettings(settings: Settings): readonly CarriedProduct[] {
  const products = carriedProducts(settings);
  const problems = [...contextProblems(products), ...identityProblems(settings), ...tlsProblems(settings), ...directoryProblems(settings)];
  if (problems.length > 0) throw new ConfigError(problems);
  return products;
}

/** Where the products lie for somebody's own application, which stands for both. Throws ConfigError. */
export function checkApplicationSettings(settings: Settings): readonly Omit<CarriedProduct, 'upstream'>[] {
  const products = [
    { product: 'jira', contextPath: settings.get(S.jiraContext) },
    { product: 'confluence', contextPath: settings.get(S.confluenceContext) },
  ] as const;
  const problems = [...contextProblems(products), ...directoryProblems(settings)];
  if (problems.length > 0) throw new ConfigError(problems);
  return products;
}

/** With an upstream for one product alone, the other context is 404; with none, the sample stands behind both. */
function carriedProducts(settings: Settings): readonly CarriedProduct[] {
  const jira = settings.get(S.jiraUpstream);
  const confluence = settings.get(S.confluenceUpstream);
  const hasNone = jira === null && confluence === null;
  const products: CarriedProduct[] = [];
  if (jira !== null || hasNone) products.push({ product: 'jira', contextPath: settings.get(S.jiraContext), upstream: jira ?? 'sample' });
  if (confluence !== null || hasNone) {
    products.push({ product: 'confluence', contextPath: settings.get(S.confluenceContext), upstream: confluence ?? 'sample' });
  }
  return products;
}

function contextProblems(products: readonly Omit<CarriedProduct, 'upstream'>[]): readonly string[] {
  const [first, second] = products;
  if (first === undefined || second === undefined || first.contextPath !== second.contextPath) return [];
  const variables = `${environmentName(S.jiraContext.name)} and ${environmentName(S.confluenceContext.name)}`;
  return [`${variables}: both are "${first.contextPath}"; the two products need two context paths`];
}

function identityProblems(settings: Settings): readonly string[] {
  const identity = settings.get(S.upstreamIdentity);
  const variable = environmentName(S.upstreamIdentity.name);
  if (identity === null) {
    return [`${variable}: must be said in the gateway profile: ${S.upstreamIdentity.form} (with a stock Jira or Confluence: per-user)`];
  }
  if (identity.mode === 'service' && settings.get(S.upstreamCredential) === null) {
    return [`${environmentName(S.upstreamCredential.name)}: must be set when ${variable} is service: ${S.upstreamCredential.form}`];
  }
  if (identity.mode === 'jwt' && settings.get(S.baseUrl) === null) {
    const baseUrl = environmentName(S.baseUrl.name);
    return [`${baseUrl}: must be set when ${variable} is jwt: it is the issuer that the upstream compares: ${S.baseUrl.form}`];
  }
  return [];
}

/** A certificate is of no use without its key, nor a key without its certificate. */
function tlsProblems(settings: Settings): readonly string[] {
  const hasCertificate = settings.get(S.tlsCert) !== null;
  if (hasCertificate === (settings.get(S.tlsKey) !== null)) return [];
  const [there, missing] = hasCertificate ? [S.tlsCert, S.tlsKey] : [S.tlsKey, S.tlsCert];
  return [`${environmentName(missing.name)}: must be set when ${environmentName(there.name)} is: ${missing.form}`];
}

/** The product that checks passwords: Jira where there is one, else Confluence. null where Postern does it alone, or where none is configured. */
export function outsideDirectory(settings: Settings): (CarriedProduct & { readonly upstream: URL }) | null {
  if (settings.get(S.directory) === 'internal') return null;
  for (const { product, contextPath, upstream } of carriedProducts(settings))
    if (upstream !== 'sample') return { product, contextPath, upstream };
  return null;
}

/** The sample asks Postern's own directory for passwords, so it cannot be asked by it. */
export function directoryProblems(settings: Settings): readonly string[] {
  if (settings.get(S.directory) === 'internal' || outsideDirectory(settings) !== null) return [];
  const variables = [S.jiraUpstream, S.confluenceUpstream].map(({ name }) => environmentName(name)).join(' or ');
  return [`${environmentName(S.directory.name)}: is upstream, so ${variables} must be set: that product checks the passwords`];
}

/** Whether an address to listen on can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
