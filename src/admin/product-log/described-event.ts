// What a product's own audit log shows of a record: acts that were done, and calls of token systems that log them [AUD-20, AUD-5].
import type { AuditRecord } from '../../audit/contract.js';
import type { UpstreamProduct } from '../../core/index.js';
import type { Phrase, PluginManifest, ProductLogWords } from '../../plugin-kit/contract.js';
import { foldName } from '../../store/directory/fold-name.js';

/** An event in no product's shape yet. */
export interface DescribedEvent {
  readonly products: readonly UpstreamProduct[];
  /** A folded user name, SYSTEM_AUTHOR or ANONYMOUS_AUTHOR. */
  readonly author: string;
  readonly category: Phrase;
  readonly action: Phrase;
  readonly affected: { readonly type: 'User'; readonly name: string; readonly id: string } | null;
  readonly changed: readonly { readonly name: string; readonly to: string }[];
  readonly attributes: readonly { readonly name: Phrase; readonly value: string }[];
}

/** The products' own ids for nobody in particular. */
export const SYSTEM_AUTHOR = '-1';
export const ANONYMOUS_AUTHOR = '-2';

/** What the log needs to know of the token systems. */
export type SystemWords = ReadonlyMap<string, Pick<PluginManifest, 'products' | 'productLog'>>;

const BOTH: readonly UpstreamProduct[] = ['jira', 'confluence'];

const PLAIN_WORDS: ProductLogWords = {
  category: { i18nKey: 'postern.audit.category.security', text: 'Security' },
  created: { i18nKey: 'postern.audit.action.token.created', text: 'API token created' },
  deleted: { i18nKey: 'postern.audit.action.token.deleted', text: 'API token deleted' },
  label: { i18nKey: 'postern.audit.attribute.token-name', text: 'Token Name' },
};

const USER_MANAGEMENT: Phrase = { i18nKey: 'jira.auditing.category.usermanagement', text: 'User management' };

/** Acts on users, as the products call them. */
const USER_ACTIONS: Readonly<Record<string, Phrase>> = {
  'user.created': { i18nKey: 'jira.auditing.user.created', text: 'User created' },
  'user.changed': { i18nKey: 'jira.auditing.user.updated', text: 'User updated' },
  'user.deleted': { i18nKey: 'jira.auditing.user.deleted', text: 'User deleted' },
};

/** The event that a record is once it has ended; null: the products' logs do not show it. */
export function describeEvent(record: AuditRecord, systems: SystemWords): DescribedEvent | null {
  if (record.kind === 'act' && (record.outcome === 'done' || record.outcome === 'unknown')) return describeAct(record, systems);
  if (record.kind === 'request' && record.tokenRef !== null && record.fault === null && record.inProductLog) {
    return describeCall(record, systems);
  }
  return null;
}

function describeAct(record: AuditRecord, systems: SystemWords): DescribedEvent {
  const { detail } = record;
  const action = record.action ?? '';
  const words = wordsOf(record, systems);
  const ofUser = USER_ACTIONS[action];
  return {
    products: productsOf(record, systems),
    author: record.actor === null ? SYSTEM_AUTHOR : foldName(record.actor),
    category: ofUser === undefined ? words.category : USER_MANAGEMENT,
    action: ofUser ?? actionOf(action, words),
    affected: affectedUser(record),
    changed: action === 'switch.changed' ? Object.entries(detail ?? {}).map(([name, to]) => ({ name, to: String(to) })) : [],
    attributes: [
      ...(typeof detail?.['label'] === 'string' ? [{ name: words.label, value: detail['label'] }] : []),
      // Killed while it was being done: nobody knows whether it was, and an audit log says rather too much than too little.
      ...(record.outcome === 'unknown' ? [attribute('outcome', 'Outcome', 'unknown')] : []),
    ],
  };
}

function describeCall(record: AuditRecord, systems: SystemWords): DescribedEvent | null {
  const words = wordsOf(record, systems);
  if (words.call === undefined) return null;
  return {
    products: productsOf(record, systems),
    author: record.actor === null ? ANONYMOUS_AUTHOR : foldName(record.actor),
    category: words.category,
    action: words.call,
    affected: null,
    changed: [],
    attributes: [
      attribute('method', 'Method', record.method ?? ''),
      attribute('path', 'Path', record.path ?? ''),
      attribute('status', 'Status', String(record.status ?? '')),
      attribute('token', 'Token', record.tokenRef ?? ''),
    ],
  };
}

function attribute(name: string, text: string, value: string): DescribedEvent['attributes'][number] {
  return { name: { i18nKey: `postern.audit.attribute.${name}`, text }, value };
}

function wordsOf({ system }: AuditRecord, systems: SystemWords): ProductLogWords {
  return systems.get(system ?? '')?.productLog ?? PLAIN_WORDS;
}

function actionOf(action: string, words: ProductLogWords): Phrase {
  if (action === 'token.created') return words.created;
  if (action === 'token.deleted') return words.deleted;
  const text = action.replaceAll(/[.-]/g, ' ');
  return { i18nKey: `postern.audit.action.${action}`, text: text.charAt(0).toUpperCase() + text.slice(1) };
}

function productsOf({ system, detail }: AuditRecord, systems: SystemWords): readonly UpstreamProduct[] {
  const products = systems.get(system ?? '')?.products ?? [detail?.['product']];
  const found = BOTH.filter((product) => products.includes(product));
  return found.length === 0 ? BOTH : found;
}

/** Whose token it was, or which user was changed. */
function affectedUser({ action, detail }: AuditRecord): DescribedEvent['affected'] {
  const name = action?.startsWith('token.') === true ? detail?.['user'] : detail?.['username'];
  const id = detail?.['userKey'];
  if (typeof name !== 'string' && typeof id !== 'string') return null;
  return { type: 'User', name: String(name ?? id), id: typeof id === 'string' ? id : String(name) };
}
