// Every text that the pages show, in English. A page asks for its own part; nothing else holds words for people.

const number = new Intl.NumberFormat('en-GB');

/** `1 token`, `2 tokens`. */
function counted(count: number, one: string, many: string): string {
  return `${number.format(count)} ${count === 1 ? one : many}`;
}

export const texts = {
  product: {
    name: 'Postern',
    pageTitle: (title: string) => `${title} – Postern`,
    emulator: 'Emulator',
  },
  action: {
    cancel: 'Cancel',
    close: 'Close',
    tryAgain: 'Try again',
    signOut: 'Sign out',
    skip: 'Skip to the content',
  },
  theme: { dark: 'Dark', light: 'Light', toDark: 'Switch to dark', toLight: 'Switch to light' },
  navigation: { site: 'Site', pages: 'Pages', personal: 'Your account', administration: 'Administration' },
  fault: {
    unreachable: 'Postern cannot be reached. Check your connection and try again.',
    unknown: (status: number) => `Postern answered with status ${status}. Try again later.`,
    noPage: 'There is no such page.',
  },
  pager: {
    name: 'Pages of the list',
    first: 'First',
    previous: 'Previous',
    next: 'Next',
    last: 'Last',
    all: (total: number) => counted(total, 'entry', 'entries'),
    range: (from: number, to: number, total: number) => `${number.format(from)}–${number.format(to)} of ${number.format(total)}`,
  },
  signIn: {
    title: 'Sign in',
    username: 'User name',
    password: 'Password',
    submit: 'Sign in',
    ended: 'Your session has ended. Sign in again.',
    demo: 'This is the emulator with demo users: admin/admin is the administrator, user/user is not.',
  },
  tokenStatus: { active: 'Active', 'expires-soon': 'Expires soon', expired: 'Expired' },
  products: { jira: 'Jira', confluence: 'Confluence', cloud: 'Cloud' },
  time: { never: 'Never' },
  myTokens: {
    title: 'My tokens',
    about:
      'A token stands for you in scripts and integrations, so that they need not know your password. Everybody who has one can do what it allows.',
    create: 'Create token',
    caption: 'Your tokens',
    name: 'Name',
    system: 'Kind',
    product: 'Product',
    created: 'Created',
    expires: 'Expires',
    lastUsed: 'Last used',
    uses: 'Uses',
    status: 'Status',
    actions: 'Actions',
    revoke: 'Revoke',
    revokeOf: (label: string) => `Revoke ${label}`,
    empty: 'You have no tokens yet.',
    limited: 'Limited',
    revokeTitle: 'Revoke this token?',
    revokeQuestion: (label: string) => `“${label}” stops working at once, everywhere it is used. This cannot be undone.`,
  },
} as const;
