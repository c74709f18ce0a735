// An explanation as lines for a person at a terminal.
import type { ExplainAnswer, RuleTrace } from '../admin/explain-types.js';

/** The lines. Nothing in them can move a cursor or begin a line of its own. */
export function explanationLines(answer: ExplainAnswer): readonly string[] {
  const { decision, request, token, checks, limits, statements, narrowestRule, warnings } = answer;
  const lines = [
    `${decision.effect === 'permit' ? 'PERMIT' : `DENY ${decision.status ?? ''} ${decision.code ?? ''}`}: ${decision.text}`,
    ...(request === null ? [] : [`  ${request.method} ${targetOf(request)} from ${request.address} at ${request.at}`]),
    `  ${token.tokenRef === null ? 'rules to try' : `${token.system}/${token.tokenRef}`} of ${token.username ?? 'nobody'}`,
    '',
    ...checks.map(({ name, holds, text }) => row(markOf(holds), name, text)),
    ...limits.flatMap(({ isInherited, addresses, rules }) => [
      '',
      isInherited ? 'Limits it took over:' : 'Its own limits:',
      ...(addresses === null ? [] : [row(markOf(addresses.isMatch), 'address', addresses.text)]),
      ...(rules ?? []).map(ruleRow),
    ]),
    ...(statements.length === 0 ? [] : ['', 'The site’s policy:']),
    ...statements.flatMap(({ id, effect, isMatch, failed, rules }) => [
      row(isMatch ? '+' : '-', failed ?? '', `${id} ${effect}`),
      ...rules.map((rule) => `  ${ruleRow(rule)}`),
    ]),
    '',
    narrowestRule === null ? 'No rule of the token would permit it.' : `The narrowest rule that permits it: ${narrowestRule}`,
    ...warnings.map(({ text, about }) => `Wide: ${text}${about === null ? '' : ` (${about})`}`),
  ];
  return lines.map((line) => line.replaceAll(/\p{Cc}+/gu, ' ').trimEnd());
}

function targetOf({ path, query }: NonNullable<ExplainAnswer['request']>): string {
  return query === null ? path : `${path}?${query}`;
}

function ruleRow({ rule, isMatch, failed }: RuleTrace): string {
  return row(isMatch ? '+' : '-', failed ?? '', rule);
}

function markOf(holds: boolean | null): string {
  return holds === null ? ' ' : holds ? '+' : '-';
}

function row(mark: string, name: string, text: string): string {
  return `  ${mark} ${name.padEnd(8)} ${text}`;
}
