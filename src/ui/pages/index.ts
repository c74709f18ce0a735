// The list of pages: where each lies below `/ui/`, who sees it, and the order in which they are offered.
import { type ComponentType, lazy } from 'react';
import { texts } from '../texts.js';
import { CreateTokenPage } from './create-token.js';
import { MyTokensPage } from './my-tokens.js';
import { TokensPage } from './tokens.js';

// Loaded when they are opened: most people never do.
const AuditPage = lazy(async () => ({ default: (await import('./audit.js')).AuditPage }));
const TokenCallsPage = lazy(async () => ({ default: (await import('./token-calls.js')).TokenCallsPage }));
const ExplainPage = lazy(async () => ({ default: (await import('./explain.js')).ExplainPage }));
const UsersPage = lazy(async () => ({ default: (await import('./users.js')).UsersPage }));
const OrganizationKeysPage = lazy(async () => ({ default: (await import('./organization-keys.js')).OrganizationKeysPage }));
const SwitchesPage = lazy(async () => ({ default: (await import('./switches.js')).SwitchesPage }));
const SettingsPage = lazy(async () => ({ default: (await import('./settings.js')).SettingsPage }));

export interface PageEntry {
  /** Below `/ui/`. */
  readonly path: string;
  readonly title: string;
  readonly group: 'personal' | 'administration';
  /** Reached from another page, which stands in the menu for it. */
  readonly below?: string;
  readonly Page: ComponentType;
}

/** In the order of the menu; pages of `administration` are for administrators alone. */
export const PAGES: readonly PageEntry[] = [
  { path: 'my-tokens', title: texts.myTokens.title, group: 'personal', Page: MyTokensPage },
  { path: 'my-tokens/create', title: texts.createToken.title, group: 'personal', below: 'my-tokens', Page: CreateTokenPage },
  { path: 'my-tokens/calls', title: texts.tokenCalls.title, group: 'personal', below: 'my-tokens', Page: TokenCallsPage },
  { path: 'explain', title: texts.explain.title, group: 'personal', Page: ExplainPage },
  { path: 'tokens', title: texts.tokens.title, group: 'administration', Page: TokensPage },
  { path: 'tokens/create', title: texts.createToken.title, group: 'administration', below: 'tokens', Page: CreateTokenPage },
  { path: 'audit', title: texts.audit.title, group: 'administration', Page: AuditPage },
  { path: 'users', title: texts.users.title, group: 'administration', Page: UsersPage },
  { path: 'organization-keys', title: texts.organizationKeys.title, group: 'administration', Page: OrganizationKeysPage },
  { path: 'switches', title: texts.switches.title, group: 'administration', Page: SwitchesPage },
  { path: 'settings', title: texts.settings.title, group: 'administration', Page: SettingsPage },
];
