// The frame around every page: the head, the menu, and the page that the address names.
import { Suspense, useEffect, useState } from 'react';
import { Button } from './components/button.js';
import { Message } from './components/message.js';
import { Page } from './components/page.js';
import icon from './icon.svg';
import { goTo, Link, usePlace } from './navigation.js';
import { type PageEntry, PAGES } from './pages/index.js';
import { SessionGate, useSession } from './session.js';
import { texts } from './texts.js';
import { chooseTheme, currentTheme } from './theme.js';

export function App() {
  return (
    <SessionGate>
      <Frame />
    </SessionGate>
  );
}

function Frame() {
  const { user } = useSession();
  const { path } = usePlace();
  const pages = PAGES.filter(({ group }) => group === 'personal' || user.administrator);
  const [first] = pages;
  useEffect(() => {
    if (path === '' && first !== undefined) goTo(first.path);
  }, [path, first]);
  const entry = pages.find((candidate) => candidate.path === path) ?? (path === '' ? first : undefined);
  return (
    <div id="page">
      <a className="postern-skip" href="#main">
        {texts.action.skip}
      </a>
      <Head />
      <div className="postern-frame">
        <div className="postern-menu">
          <Menu pages={pages} current={entry?.below ?? entry?.path ?? null} />
        </div>
        <main className="postern-content" id="main" tabIndex={-1}>
          <Suspense fallback={null}>{entry === undefined ? <NoPage /> : <entry.Page key={entry.path} />}</Suspense>
        </main>
      </div>
    </div>
  );
}

function Head() {
  const { user, profile, signOut } = useSession();
  return (
    <header id="header">
      <nav className="aui-header" aria-label={texts.navigation.site}>
        <div className="aui-header-inner">
          <div className="aui-header-primary">
            <span id="logo" className="aui-header-logo aui-header-logo-textonly">
              <a href="/ui/">
                <img className="postern-logo" src={icon} alt="" width="24" height="24" />
                <span className="aui-header-logo-device">{texts.product.name}</span>
              </a>
            </span>
            {profile === 'emulator' ? <span className="aui-lozenge postern-profile">{texts.product.emulator}</span> : null}
          </div>
          <div className="aui-header-secondary">
            <ul className="aui-nav postern-head-actions">
              <li>
                <ThemeSwitch />
              </li>
              <li className="postern-user">{user.displayName}</li>
              <li>
                <Button kind="subtle" onPress={() => void signOut()}>
                  {texts.action.signOut}
                </Button>
              </li>
            </ul>
          </div>
        </div>
      </nav>
    </header>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <Button
      kind="subtle"
      label={other === 'dark' ? texts.theme.toDark : texts.theme.toLight}
      onPress={() => {
        chooseTheme(other);
        setTheme(other);
      }}
    >
      {other === 'dark' ? texts.theme.dark : texts.theme.light}
    </Button>
  );
}

function Menu({ pages, current }: { readonly pages: readonly PageEntry[]; readonly current: string | null }) {
  const groups = (['personal', 'administration'] as const).filter((group) => pages.some((page) => page.group === group));
  return (
    <nav className="aui-navgroup aui-navgroup-vertical" aria-label={texts.navigation.pages}>
      <div className="aui-navgroup-inner">
        {groups.map((group) => (
          <div key={group}>
            <div className="aui-nav-heading">
              <strong>{texts.navigation[group]}</strong>
            </div>
            <ul className="aui-nav">
              {pages
                .filter((page) => page.group === group && page.below === undefined)
                .map(({ path, title }) => (
                  <li key={path} className={path === current ? 'aui-nav-selected' : undefined}>
                    <Link page={path} isCurrent={path === current}>
                      {title}
                    </Link>
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  );
}

function NoPage() {
  return (
    <Page title={texts.fault.noPage}>
      <Message kind="warning">{texts.fault.noPage}</Message>
    </Page>
  );
}
