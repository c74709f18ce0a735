// The audit log and explanations with something on them: real requests, some refused, some with markup in every place that a client fills.
import type { PageWorld, Scene } from './page-world.js';

/** What a client may send, and what a careless page would run or a spreadsheet would calculate. */
export const HOSTILE = {
  userAgent: '<img src=x onerror=alert(1)>',
  path: '/jira/rest/api/2/issue/<script>alert(1)</script>',
  label: 'release-bot <svg/onload=alert(1)>',
  formula: '=HYPERLINK("http://evil.example","x")',
} as const;

/** Tokens of a user of these scenes alone, so that other tests may count on theirs. */
export interface AuditFurniture {
  readonly tokenRef: string;
  readonly value: string;
}

let furniture: AuditFurniture | null = null;

/** A limited token of jankowalski, used and refused. Made once. */
export async function furnishAudit(world: PageWorld): Promise<AuditFurniture> {
  if (furniture !== null) return furniture;
  const { tokenRef, value } = await world.ask<{ tokenRef: string; value: string }>('admin', 'POST', '/api/v1/users/jankowalski/tokens', {
    system: 'extender',
    label: HOSTILE.label,
    expiresInDays: 90,
    limitTo: '[get]/jira/rest/api/2/issue/.*',
    ip: '127.0.0.1,10.0.0.0/8',
  });
  furniture = { tokenRef, value };
  for (let times = 0; times < 4; times += 1) await useToken(world, furniture, 'GET', '/jira/rest/api/2/issue/KANBAN-1');
  await useToken(world, furniture, 'POST', '/jira/rest/api/2/issue/KANBAN-1/comment', { 'User-Agent': HOSTILE.userAgent });
  await useToken(world, furniture, 'DELETE', '/jira/rest/api/2/issue/KANBAN-1?deleteSubtasks=true', { 'User-Agent': HOSTILE.formula });
  await useToken(world, furniture, 'GET', encodeURI(HOSTILE.path));
  return furniture;
}

/** A request with the token; resolves with its status. */
export async function useToken(
  world: PageWorld,
  { value }: AuditFurniture,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(world.postern.origin + path, {
    method,
    headers: { Authorization: `Basic ${Buffer.from(`jankowalski:${value}`).toString('base64')}`, ...headers },
  });
  await response.arrayBuffer();
  return response.status;
}

export const AUDIT_SCENES: readonly Scene[] = [
  {
    name: 'audit',
    async visit(world, theme) {
      await furnishAudit(world);
      const visit = await world.visitAs('admin', 'audit?span=1h', theme);
      await visit.page.getByRole('img', { name: 'Uses of tokens and denials' }).waitFor();
      await visit.page.getByRole('link', { name: /^Why was POST/ }).waitFor();
      await visit.page.setViewportSize({ width: 1280, height: 1100 });
      return visit;
    },
  },
  {
    name: 'audit-record',
    async visit(world, theme) {
      await furnishAudit(world);
      const visit = await world.visitAs('admin', 'audit?decision=deny', theme);
      await visit.page
        .getByRole('button', { name: /^Details of POST/ })
        .first()
        .click();
      await visit.page.getByRole('dialog').waitFor();
      return visit;
    },
  },
  {
    name: 'timeline',
    async visit(world, theme) {
      const { tokenRef } = await furnishAudit(world);
      const visit = await world.visitAs('admin', `audit?system=extender&tokenRef=${encodeURIComponent(tokenRef)}`, theme);
      await visit.page.getByText('token.created').waitFor();
      await visit.page.setViewportSize({ width: 1280, height: 1000 });
      return visit;
    },
  },
  {
    name: 'explain',
    async visit(world, theme) {
      await furnishAudit(world);
      const visit = await world.visitAs('admin', 'audit?user=jankowalski', theme);
      const { page } = visit;
      await page.getByRole('link', { name: /^Why was POST/ }).click();
      await page.getByLabel('The narrowest rule that would permit it', { exact: true }).waitFor();
      await page.setViewportSize({ width: 1280, height: 1500 });
      return visit;
    },
  },
];
