// Light or dark: what the system says, or what the person chose, kept in this browser alone.

export type Theme = 'light' | 'dark';

const KEPT_AS = 'postern-theme';

/** What was chosen, else what the system says. */
export function currentTheme(): Theme {
  const kept = keptTheme();
  if (kept !== null) return kept;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Shows the page in the theme in force, and follows the system while nothing was chosen. */
export function startTheme(): void {
  show(currentTheme());
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => show(currentTheme()));
}

/** Chooses a theme, for the next visits too. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEPT_AS, theme);
  } catch {
    // Storage is switched off: the choice holds for this page.
  }
  show(theme);
}

function keptTheme(): Theme | null {
  try {
    const kept = localStorage.getItem(KEPT_AS);
    return kept === 'light' || kept === 'dark' ? kept : null;
  } catch {
    return null;
  }
}

// What AUI's own script would write: its style sheets read it.
function show(theme: Theme): void {
  document.documentElement.dataset['theme'] = 'light:light dark:dark';
  document.documentElement.dataset['colorMode'] = theme;
}
