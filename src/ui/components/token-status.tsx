// Whether a token works, in the words of Jira's own page [PAT-70].
import type { TokenStatus } from '../../admin/api-types.js';
import { texts } from '../texts.js';

const LOZENGES: Readonly<Record<TokenStatus, string>> = { active: 'success', 'expires-soon': 'moved', expired: 'error' };

export function TokenStatusLozenge({ status }: { readonly status: TokenStatus }) {
  return <span className={`aui-lozenge aui-lozenge-${LOZENGES[status]}`}>{texts.tokenStatus[status]}</span>;
}
