// A second port of the same gateway, where clients of Confluence look for it (docs/specification/product.md).
import { ConfigError, loadSettings } from '../../src/config/load.js';
import { makeToken, runPostern } from './running-postern.js';

const ADMIN = ['admin', 'admin'] as const;

it('opens the same gateway at confluence.port, with the same users, tokens and limits, and the banner says so [GW-20]', async () => {
  const node = await runPostern({ settings: { POSTERN_CONFLUENCE_PORT: '0' } });
  try {
    const second = node.confluencePort ?? 0;
    expect(second).toBeGreaterThan(0);
    expect(second).not.toBe(node.port);
    const banner = node.printed.join('\n');
    expect(banner).toContain(`http://localhost:${node.port}/jira`);
    expect(banner).toContain(`http://localhost:${second}/confluence`);
    const token = await makeToken(node, ADMIN, { limitTo: '[get]/jira/rest/api/2/myself' });
    const ask = async (path: string, secret: string, method = 'GET') =>
      (await node.ask({ method, path, as: ['admin', secret] }, second)).status;
    expect(await ask('/confluence/rest/api/user/current', 'admin')).toBe(200);
    expect(await ask('/jira/rest/api/2/myself', token)).toBe(200);
    expect(await ask('/jira/rest/api/2/myself', token, 'POST')).toBe(403);
    expect(await ask('/confluence/rest/api/user/current', token)).toBe(401);
  } finally {
    await node.close();
  }
});

it('has one port unless a second is asked for', async () => {
  const node = await runPostern();
  try {
    expect(node.confluencePort).toBeNull();
    expect(node.printed.join('\n')).toContain(`http://localhost:${node.port}/confluence`);
  } finally {
    await node.close();
  }
});

it('does not start when the second port is taken, names its setting, and leaves nothing open', async () => {
  const node = await runPostern();
  try {
    const start = runPostern({ settings: { POSTERN_CONFLUENCE_PORT: String(node.port) } });
    await expect(start).rejects.toMatchObject({ nextStep: expect.stringContaining('POSTERN_CONFLUENCE_PORT') });
  } finally {
    await node.close();
  }
});

it.each(['x', '-1', '65536', '1.5'])('refuses the port %j', (port) => {
  expect(() => loadSettings([], { POSTERN_CONFLUENCE_PORT: port })).toThrow(ConfigError);
});
