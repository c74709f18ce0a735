// Random rules as a shape from which two things are made: the text in Postern's language, and a judgement of our own on the path that
// Tomcat has decoded, segment by segment, which shares no code with the policy.

const NAMES = ['api', '2', 'latest', 'issue', 'myself', 'search', 'agile', '1.0', 'KANBAN-100', 'comment', 'attachments', 'a', 'b~c'];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** `methods` null: all. A segment is a name, `*` (one, not empty) or `**` (the rest, whatever it is); the last alone may be `**`. */
export function randomRule(die) {
  const segments = die.some(1 + die.below(4), () => (die.once(4) ? '*' : die.pick(NAMES)));
  if (die.once(2)) segments.push('**');
  const methods = die.once(2) ? null : [...new Set(die.some(1 + die.below(2), () => die.pick(METHODS)))];
  return { segments: ['jira', 'rest', ...segments], methods, ignoresCase: die.once(5) };
}

const escaped = (name) => name.replaceAll(/[.~+$^()|{}[\]\\*?]/g, '\\$&');

/** The rule in the `limitTo` language. */
export function ruleText({ segments, methods, ignoresCase }, die) {
  const spell = (segment) => (segment === '**' ? '.*' : segment === '*' ? die.pick(['[^/]+', '[^/]+?', '(?:[^/])+']) : escaped(segment));
  const prefix = methods === null ? '' : `[${methods.join(',').toLowerCase()}]`;
  return `${prefix}${ignoresCase ? '(?i)' : ''}/${segments.map(spell).join('/')}`;
}

/** Whether the rule covers what Tomcat serves: the decoded path. */
export function covers({ segments, methods, ignoresCase }, method, decodedPath) {
  if (methods !== null && !methods.includes(method)) return false;
  const parts = decodedPath.split('/').slice(1);
  const fold = (text) => (ignoresCase ? text.toLowerCase() : text);
  for (const [index, segment] of segments.entries()) {
    if (segment === '**') return parts.length > index;
    if (parts[index] === undefined) return false;
    if (segment === '*' ? parts[index] === '' : fold(parts[index]) !== fold(segment)) return false;
  }
  return parts.length === segments.length;
}

/** A path that the rule covers, written plainly. */
export function samplePath({ segments }, die) {
  const written = segments.flatMap((segment) => {
    if (segment === '**') return die.some(die.below(3), () => die.pick(NAMES));
    return segment === '*' ? [die.pick(NAMES)] : [segment];
  });
  return `/${written.join('/')}`;
}
