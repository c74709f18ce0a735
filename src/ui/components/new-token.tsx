// The value of a token that was just made, shown this once.
import type { NewTokenAnswer } from '../../admin/api-types.js';
import { texts } from '../texts.js';
import { Button } from './button.js';
import { CopyValue } from './copy-value.js';
import { Dialog } from './dialog.js';
import { Message } from './message.js';

const T = texts.newToken;

export interface NewTokenDialogProps {
  readonly token: Pick<NewTokenAnswer, 'scheme' | 'username' | 'value' | 'examplePath'>;
  /** Where it is called something else. */
  readonly title?: string;
  readonly valueLabel?: string;
  readonly onClose: () => void;
}

export function NewTokenDialog({ token, title = T.title, valueLabel = T.value, onClose }: NewTokenDialogProps) {
  const actions = (
    <Button kind="primary" onPress={onClose}>
      {T.done}
    </Button>
  );
  return (
    <Dialog title={title} actions={actions} onClose={onClose}>
      <Message kind="warning">{T.once}</Message>
      <CopyValue label={valueLabel} value={token.value} />
      <CopyValue label={T.curl} value={curlLine(token, window.location.origin)} />
    </Dialog>
  );
}

/** A line for a POSIX shell that works as it stands. */
export function curlLine({ scheme, username, value, examplePath }: NewTokenDialogProps['token'], origin: string): string {
  const credential = scheme === 'bearer' ? `-H ${quoted(`Authorization: Bearer ${value}`)}` : `-u ${quoted(`${username ?? ''}:${value}`)}`;
  return `curl ${credential} ${quoted(origin + examplePath)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
