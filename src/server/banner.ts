// What a person sees at the start: addresses, users, where the files are.
import type { CarriedProduct } from '../config/check.js';
import type { Profile } from '../plugin-kit/setting.js';

export interface BannerFacts {
  readonly version: string;
  readonly profile: Profile;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** The second port, for clients that expect Confluence on one of its own; else null. */
  readonly confluencePort: number | null;
  readonly products: readonly CarriedProduct[];
  readonly demoUsers: readonly string[];
  readonly dataFolder: string;
  readonly warnings: readonly string[];
}

const PRODUCT_NAMES = { jira: 'Jira', confluence: 'Confluence' } as const;

/** The banner's lines. */
export function banner(facts: BannerFacts): readonly string[] {
  // What a person types; the listening line below has the address itself.
  const shownHost = ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::'].includes(facts.host) ? 'localhost' : facts.host;
  const origin = `${facts.scheme}://${shownHost}:${facts.port}`;
  const originOf = (product: CarriedProduct['product']): string =>
    product === 'confluence' && facts.confluencePort !== null ? `${facts.scheme}://${shownHost}:${facts.confluencePort}` : origin;
  const literal = facts.host.includes(':') ? `[${facts.host}]` : facts.host;
  return [
    '',
    `  Postern ${facts.version}, profile ${facts.profile}`,
    '',
    ...facts.products.map(({ product, contextPath, upstream }) =>
      row(
        PRODUCT_NAMES[product],
        `${originOf(product)}${contextPath}${upstream === 'sample' ? '' : `  →  ${upstream.origin}${contextPath}`}`,
      ),
    ),
    ...(facts.products.every(({ upstream }) => upstream === 'sample')
      ? [row('', 'a built-in sample; its issues live in memory and are gone at the end')]
      : []),
    row('Pages', `${origin}/ui/`),
    row('Administration', `${origin}/api/v1`),
    ...(facts.demoUsers.length === 0
      ? []
      : [row('Users', facts.demoUsers.map((name) => `${name}/${name}${name === 'admin' ? ' (administrator)' : ''}`).join(', '))]),
    row('Data folder', facts.dataFolder),
    ...facts.warnings.map((warning) => row('Note', warning)),
    '',
    `  Listening on ${facts.scheme}://${literal}:${facts.port}  (Ctrl+C ends it)`,
    '',
  ];
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(16)}${text}`;
}
