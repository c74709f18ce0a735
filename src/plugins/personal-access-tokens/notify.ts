// Tells a token's owner by mail what became of it, within the transaction in which it does [PAT-53].
import type { EntityManager } from 'typeorm';
import type { Principal } from '../../core/index.js';
import type { PluginHost } from '../../plugin-kit/contract.js';
import { type TokenEvent, writeMail } from './mail-text.js';
import { profileOf } from './profile.js';
import { PROPERTIES } from './properties.js';

/** Queues the mail, unless mails are switched off, or the owner is no more, inactive, or without an address. */
export async function notify(host: PluginHost, manager: EntityManager, owner: Principal | null, event: TokenEvent): Promise<void> {
  if (!host.setting(PROPERTIES.mails) || owner?.isActive !== true || owner.emailAddress === '') return;
  const to = { name: owner.displayName, address: owner.emailAddress };
  await host.mail.send(manager, { to, ...writeMail(event, owner.displayName, profileOf(event.token.userKey).productName) });
}
