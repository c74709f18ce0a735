// The head of a page, and the messages above what it shows.
import { type ReactNode, useEffect } from 'react';
import { texts } from '../texts.js';

export interface PageProps {
  readonly title: string;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** One page: its title stands in the browser's tab too. */
export function Page({ title, actions, children }: PageProps) {
  useEffect(() => {
    document.title = texts.product.pageTitle(title);
  }, [title]);
  return (
    <>
      <header className="aui-page-header">
        <div className="aui-page-header-inner">
          <div className="aui-page-header-main">
            <h1>{title}</h1>
          </div>
          {actions === undefined ? null : (
            <div className="aui-page-header-actions">
              <div className="aui-buttons">{actions}</div>
            </div>
          )}
        </div>
      </header>
      {children}
    </>
  );
}
