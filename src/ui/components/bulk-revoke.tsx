// Revokes many tokens, a part at a time, and shows how far it has come. What is revoked stays so, also when somebody stops it half-way.
import { useRef, useState } from 'react';
import type { RevokedAnswer, TokenAnswer } from '../../admin/api-types.js';
import { faultText } from '../api.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { Message } from './message.js';

const T = texts.bulkRevoke;

/** Tokens of one request: few enough that the bar moves. */
const PART = 20;

export interface BulkRevokeProps {
  readonly tokens: readonly TokenAnswer[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function BulkRevoke({ tokens, onDone, onClose }: BulkRevokeProps) {
  const { api } = useSession();
  const [done, setDone] = useState<number | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const isStopped = useRef(false);
  const isBusy = done !== null && fault === null && done < tokens.length;

  const run = async (): Promise<void> => {
    setFault(null);
    for (let start = done ?? 0; start < tokens.length && !isStopped.current; start += PART) {
      setDone(start);
      const part = tokens.slice(start, start + PART).map(({ system, tokenRef }) => ({ system, tokenRef }));
      await api.call<RevokedAnswer>('POST', '/tokens/revoke', { tokens: part });
      setDone(Math.min(start + PART, tokens.length));
    }
    onDone();
  };
  const close = (): void => {
    isStopped.current = true;
    if (done === null) onClose();
    else onDone();
  };
  const actions = (
    <>
      <Button kind="primary" isSubmit isDisabled={isBusy}>
        {T.action(tokens.length)}
      </Button>
      <Button kind="link" onPress={close}>
        {isBusy ? T.stop : texts.action.cancel}
      </Button>
    </>
  );
  return (
    <Dialog
      width="small"
      title={T.title(tokens.length)}
      actions={actions}
      onSubmit={() => void run().catch((error: unknown) => setFault(faultText(error)))}
      onClose={close}
    >
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      <p>{T.question(tokens.length)}</p>
      {done === null ? null : (
        <>
          <progress className="postern-progress" max={tokens.length} value={done} aria-label={T.progress} />
          <p role="status">{T.sofar(done, tokens.length)}</p>
        </>
      )}
    </Dialog>
  );
}
