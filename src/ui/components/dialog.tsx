// A dialogue: the browser's own `<dialog>` keeps the focus within, closes on Escape and gives the focus back; AUI's classes draw it.
import { type FormEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react';

export interface DialogProps {
  readonly title: string;
  readonly width?: 'small' | 'medium' | 'large';
  /** The buttons; one that submits calls `onSubmit`. */
  readonly actions: ReactNode;
  readonly children: ReactNode;
  readonly onSubmit?: () => void;
  /** Escape, or the button that cancels. */
  readonly onClose: () => void;
}

export function Dialog({ title, width = 'medium', actions, children, onSubmit, onClose }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the element goes: a dialogue that is closed afterwards gives the focus back to nobody.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit?.();
  };
  const cancel = (event: { preventDefault(): void }): void => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={ref} className={`aui-dialog2 aui-dialog2-${width} postern-dialog`} aria-labelledby={titleId} onCancel={cancel}>
      <form className="aui top-label" onSubmit={submit}>
        <header className="aui-dialog2-header">
          <h1 className="aui-dialog2-header-main" id={titleId}>
            {title}
          </h1>
        </header>
        <div className="aui-dialog2-content">{children}</div>
        <footer className="aui-dialog2-footer">
          <div className="aui-dialog2-footer-actions">{actions}</div>
        </footer>
      </form>
    </dialog>
  );
}
