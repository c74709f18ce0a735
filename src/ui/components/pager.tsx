// Pages of a long list: which rows are shown, and the way to the others.
import { texts } from '../texts.js';
import { Button } from './button.js';

export interface PagerProps {
  readonly startAt: number;
  readonly maxResults: number;
  readonly total: number;
  readonly onPage: (startAt: number) => void;
}

export function Pager({ startAt, maxResults, total, onPage }: PagerProps) {
  if (total <= maxResults && startAt === 0) return <p className="postern-pager">{texts.pager.all(total)}</p>;
  const last = Math.max(0, Math.floor((total - 1) / maxResults) * maxResults);
  const isFirst = startAt === 0;
  const isLast = startAt >= last;
  return (
    <nav className="postern-pager" aria-label={texts.pager.name}>
      <Button kind="subtle" isDisabled={isFirst} onPress={() => onPage(0)}>
        {texts.pager.first}
      </Button>
      <Button kind="subtle" isDisabled={isFirst} onPress={() => onPage(Math.max(0, startAt - maxResults))}>
        {texts.pager.previous}
      </Button>
      <span role="status">{texts.pager.range(Math.min(startAt + 1, total), Math.min(startAt + maxResults, total), total)}</span>
      <Button kind="subtle" isDisabled={isLast} onPress={() => onPage(startAt + maxResults)}>
        {texts.pager.next}
      </Button>
      <Button kind="subtle" isDisabled={isLast} onPress={() => onPage(last)}>
        {texts.pager.last}
      </Button>
    </nav>
  );
}
