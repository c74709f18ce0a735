// A message on a page. Failures are read out at once, others when the reader is free.
import type { ReactNode } from 'react';

export type MessageKind = 'error' | 'warning' | 'success' | 'info';

export function Message({ kind, title, children }: { readonly kind: MessageKind; readonly title?: string; readonly children: ReactNode }) {
  return (
    <div className={`aui-message aui-message-${kind} postern-message`} role={kind === 'error' ? 'alert' : 'status'}>
      {title === undefined ? null : <p className="title">{title}</p>}
      <div>{children}</div>
    </div>
  );
}
