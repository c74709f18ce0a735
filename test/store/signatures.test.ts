// Signatures with the site's keys: one key for each purpose, retired keys still verify, public halves alone too [GW-13, AUD-4].
import { createPublicKey } from 'node:crypto';
import { isSignature } from '../../src/store/signatures.js';
import { testKeys } from '../support/test-keys.js';

it('is verified under its own key and purpose, and nothing else [AUD-4]', () => {
  const keys = testKeys();
  const signature = keys.sign('audit', 'text');
  expect(keys.verify('audit', 'text', signature)).toBe(true);
  expect(keys.verify('audit', 'texT', signature)).toBe(false);
  expect(keys.verify('token', 'text', signature)).toBe(false);
  expect(
    keys.verify('audit', 'text', { ...signature, signature: signature.signature.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')) }),
  ).toBe(false);
  expect(keys.verify('audit', 'text', { ...signature, signature: '' })).toBe(false);
});

it('is verified after a rotation, by those who have the key; null says that nobody can tell [AUD-4]', () => {
  const signature = testKeys(1).sign('audit', 'text');
  expect(testKeys(3).verify('audit', 'text', signature)).toBe(true);
  expect(testKeys(3).verify('audit', 'text', { ...signature, keyId: 'key-2' })).toBe(false);
  expect(testKeys(1).verify('audit', 'text', testKeys(2).sign('audit', 'text'))).toBeNull();
});

it('is verified with the public half, which holds nothing that signs [AUD-4]', () => {
  const keys = testKeys(2);
  const signature = keys.sign('audit', 'text');
  const pem = keys.publicKeys('audit').get(signature.keyId) ?? '';
  expect(pem).toContain('BEGIN PUBLIC KEY');
  expect(isSignature('text', createPublicKey(pem), signature.signature)).toBe(true);
  expect([...keys.publicKeys('audit').keys()]).toEqual(['key-2', 'key-1']);
});
