// Asks before something is done, for its confirmation or with fields; does it, and says why where it could not be done.
import { type ReactNode, useState } from 'react';
import { faultText } from '../api.js';
import { texts } from '../texts.js';
import { Button } from './button.js';
import { Dialog, type DialogProps } from './dialog.js';
import { Message } from './message.js';

export interface ConfirmProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly width?: DialogProps['width'];
  /** The word on the button: what will be done. */
  readonly action: string;
  readonly act: () => Promise<void>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function Confirm({ title, children, width = 'small', action, act, onDone, onClose }: ConfirmProps) {
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = (): void => {
    setBusy(true);
    setFault(null);
    act().then(onDone, (error: unknown) => {
      setBusy(false);
      setFault(faultText(error));
    });
  };
  const actions = (
    <>
      <Button kind="primary" isSubmit isDisabled={isBusy}>
        {action}
      </Button>
      <Button kind="link" onPress={onClose}>
        {texts.action.cancel}
      </Button>
    </>
  );
  return (
    <Dialog title={title} width={width} actions={actions} onSubmit={submit} onClose={onClose}>
      {fault === null ? null : <Message kind="error">{fault}</Message>}
      {children}
    </Dialog>
  );
}
