// Where the value of a setting comes from. What somebody chose stands out from the defaults.
import type { SettingAnswer } from '../../admin/api-types.js';
import { originTexts } from '../texts-administration.js';

export function OriginLozenge({ origin }: Pick<SettingAnswer, 'origin'>) {
  if (origin === 'default') return <span className="postern-none">{originTexts.default}</span>;
  return <span className={`aui-lozenge aui-lozenge-${origin === 'switched' ? 'moved' : 'current'}`}>{originTexts[origin]}</span>;
}
