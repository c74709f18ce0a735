import { nearestName } from '../../../src/plugin-kit/nearest.js';
import { optionalFlag, optionalText, requireFields } from '../../../src/plugin-kit/request-body.js';
import { RestFault } from '../../../src/plugin-kit/rest.js';

const known = ['label', 'daysUntilExpiry', 'limitTo', 'token'];

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof RestFault && error.status === 400) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a body must be an object of known properties', () => {
  it.each([[null], [[]], [[{}]], ['text'], [1], [true]])('refuses %j', (body) => {
    expect(messageOf(() => requireFields(body, known))).toBe('The body must be a JSON object.');
  });

  it.each([
    ['limitto', 'Did you mean "limitTo"?', 'another case'],
    ['limit_to', 'Did you mean "limitTo"?', 'another spelling'],
    ['lable', 'Did you mean "label"?', 'two letters swapped'],
    ['daysUntilExpiery', 'Did you mean "daysUntilExpiry"?', 'a letter too many'],
    ['colour', 'Known are: label, daysUntilExpiry, limitTo, token.', 'nothing near'],
    ['', 'Known are: label, daysUntilExpiry, limitTo, token.', 'an empty name'],
  ])('refuses the property %j: %s (%s)', (name, hint) => {
    const message = messageOf(() => requireFields({ label: 'x', [name]: 'x' }, known));
    expect(message).toBe(`Unknown property ${JSON.stringify(name)}. ${hint}`);
  });

  it('refuses __proto__, which JSON.parse makes a property like any other', () => {
    expect(messageOf(() => requireFields(JSON.parse('{"__proto__":{"label":"x"}}'), known))).toContain('"__proto__"');
  });

  it('takes nothing from the prototype', () => {
    expect(requireFields({}, ['toString'])['label']).toBeUndefined();
    expect(optionalText(requireFields({}, ['constructor']), 'label')).toBeNull();
  });
});

describe('a text', () => {
  it.each<[object, string | null, string]>([
    [{}, null, 'left out'],
    [{ label: null }, null, 'null'],
    [{ label: '' }, null, 'empty'],
    [{ label: ' ' }, ' ', 'a blank is a text'],
    [{ label: 'x' }, 'x', 'a text'],
  ])('%j gives %j (%s)', (fields, text) => {
    expect(optionalText({ ...fields }, 'label')).toBe(text);
  });

  it.each([[0], [1], [true], [false], [['x']], [{}]])('refuses %j', (value) => {
    expect(messageOf(() => optionalText({ label: value }, 'label'))).toBe('label must be a string.');
  });
});

describe('a flag', () => {
  it('is itself, or null when it is left out', () => {
    expect(optionalFlag({ flag: true }, 'flag')).toBe(true);
    expect(optionalFlag({ flag: false }, 'flag')).toBe(false);
    expect(optionalFlag({}, 'flag')).toBeNull();
  });

  it.each([[null], ['true'], [0], [1], ['']])('refuses %j [EXT-44]', (value) => {
    expect(messageOf(() => optionalFlag({ flag: value }, 'flag'))).toBe('flag must be true or false.');
  });
});

it('knows the nearest name only where one is near', () => {
  expect(nearestName('TOKENS', known)).toBe('token');
  expect(nearestName('ttooken', known)).toBe('token');
  expect(nearestName('x', known)).toBeNull();
  expect(nearestName('x'.repeat(100_000), known)).toBeNull();
});
