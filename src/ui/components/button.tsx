// A button as AUI draws it.
import type { ReactNode } from 'react';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly kind?: 'plain' | 'primary' | 'link' | 'subtle';
  readonly isDisabled?: boolean;
  /** Sends the form that it stands in. */
  readonly isSubmit?: boolean;
  /** For readers, where the text alone would be the same in every row. */
  readonly label?: string;
  readonly onPress?: () => void;
}

export function Button({ children, kind = 'plain', isDisabled = false, isSubmit = false, label, onPress }: ButtonProps) {
  return (
    <button
      type={isSubmit ? 'submit' : 'button'}
      className={kind === 'plain' ? 'aui-button' : `aui-button aui-button-${kind}`}
      disabled={isDisabled}
      aria-label={label}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
