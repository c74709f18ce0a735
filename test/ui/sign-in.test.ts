// The pages in a real browser: signing in and out, and one's own tokens.
import { openPages, type PageWorld } from './page-world.js';

let world: PageWorld | null;

beforeAll(async () => {
  world = await openPages();
});

afterAll(async () => {
  await world?.close();
});

it('signs in with a password of the directory, shows one’s own tokens, and signs out', async () => {
  if (world === null) return;
  await world.ask('user', 'POST', '/api/v1/my/tokens', { system: 'extender', label: '<img src=x onerror=alert(1)>' });
  const { page, troubles, violations } = await world.visit();
  expect(await violations()).toEqual([]);
  await page.getByLabel('User name').fill('user');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The user name or the password is wrong.').waitFor();
  expect(await violations()).toEqual([]);
  await page.getByLabel('Password').fill('user');
  await page.keyboard.press('Enter');
  await page.getByRole('rowheader', { name: '<img src=x onerror=alert(1)>' }).waitFor();
  expect(await violations()).toEqual([]);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  // The one refused password is an error in the browser's console, which nobody can keep from it.
  expect(troubles.filter((text) => !text.includes('401'))).toEqual([]);
});
