// A text that is there to be copied, with a button that does it.
import { useId, useRef, useState } from 'react';
import { texts } from '../texts.js';
import { Button } from './button.js';

export function CopyValue({ label, value }: { readonly label: string; readonly value: string }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // Without TLS browsers give pages no clipboard: what is selected can be copied by hand.
      field.current?.focus();
      field.current?.select();
    }
  };
  return (
    <div className="field-group">
      <label htmlFor={id}>{label}</label>
      <div className="postern-copy">
        <input ref={field} id={id} className="text postern-value" readOnly value={value} onFocus={(event) => event.target.select()} />
        <Button label={texts.copy.of(label)} onPress={() => void copy()}>
          {texts.copy.copy}
        </Button>
        <span role="status" className="postern-hint">
          {isCopied ? texts.copy.copied : ''}
        </span>
      </div>
    </div>
  );
}
