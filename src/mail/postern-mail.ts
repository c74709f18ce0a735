// The table of mails that wait for the server: written with what they tell of, gone once the server has taken them [PAT-53].
import { tableMigration } from '../plugin-kit/migration.js';
import { count, id, instant, key, table, text } from '../plugin-kit/table.js';

/** The table `postern_mail`. */
export const posternMailTable = table({
  name: 'postern_mail',
  columns: {
    id: id(),
    /** The same at every try, so that a receiver knows a mail that came twice. */
    message_id: key(100),
    to_name: key(),
    to_address: key(),
    subject: text(),
    body_text: text(),
    body_html: text(),
    created_at: instant(),
    tries: count(),
    next_try_at: instant(),
  },
  indices: [{ columns: ['next_try_at', 'id'] }],
});

/** Makes the table `postern_mail`. Frozen: a later change is another migration. */
export const createPosternMail1795305600080 = tableMigration('CreatePosternMail1795305600080', {
  name: 'postern_mail',
  columns: {
    id: id(),
    message_id: key(100),
    to_name: key(),
    to_address: key(),
    subject: text(),
    body_text: text(),
    body_html: text(),
    created_at: instant(),
    tries: count(),
    next_try_at: instant(),
  },
  indices: [{ columns: ['next_try_at', 'id'] }],
});
