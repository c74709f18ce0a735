// The page that is there from the start.
import type { Instant } from '../../core/index.js';
import { SAMPLE_AUTHOR } from '../author.js';
import { type ContentStore, SPACES } from './space-store.js';

/** Fills an empty store: one page in every space. */
export function seedContents(contents: ContentStore, now: Instant): void {
  for (const space of SPACES) {
    const fields = {
      title: `Welcome to the ${space.name}`,
      body: '<p>This page is part of the sample, which lives in memory.</p>',
      parentId: null,
    };
    contents.create('page', space, fields, { number: 1, by: SAMPLE_AUTHOR.username, when: now, message: '' });
  }
}
