// What every Jira has before anybody makes an issue: types, priorities, statuses. Ids as a fresh Jira with the software template gives them.

export interface Named {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export interface StatusCategory {
  readonly id: number;
  readonly key: string;
  readonly colorName: string;
  readonly name: string;
}

export interface Status extends Named {
  readonly category: StatusCategory;
}

const TO_DO: Status = {
  id: '10000',
  name: 'To Do',
  description: '',
  category: { id: 2, key: 'new', colorName: 'default', name: 'To Do' },
};
const IN_PROGRESS: Status = {
  id: '3',
  name: 'In Progress',
  description: 'This issue is being actively worked on at the moment by the assignee.',
  category: { id: 4, key: 'indeterminate', colorName: 'inprogress', name: 'In Progress' },
};
const DONE: Status = { id: '10001', name: 'Done', description: '', category: { id: 3, key: 'done', colorName: 'success', name: 'Done' } };

export const STATUSES: readonly Status[] = [TO_DO, IN_PROGRESS, DONE];
export const FIRST_STATUS = TO_DO;

const TASK: Named = { id: '10002', name: 'Task', description: 'A task that needs to be done.' };

export const ISSUE_TYPES: readonly Named[] = [
  { id: '10000', name: 'Epic', description: 'A big user story that needs to be broken down.' },
  { id: '10001', name: 'Story', description: 'A user story.' },
  TASK,
  { id: '10004', name: 'Bug', description: 'A problem which impairs or prevents the functions of the product.' },
];
export const DEFAULT_ISSUE_TYPE = TASK;

const MEDIUM: Named = { id: '3', name: 'Medium', description: 'Has the potential to affect progress.' };

export const PRIORITIES: readonly Named[] = [
  { id: '1', name: 'Highest', description: 'This problem will block progress.' },
  { id: '2', name: 'High', description: 'Serious problem that could block progress.' },
  MEDIUM,
  { id: '4', name: 'Low', description: 'Minor problem or easily worked around.' },
  { id: '5', name: 'Lowest', description: 'Trivial problem with little or no impact on progress.' },
];
export const DEFAULT_PRIORITY = MEDIUM;

export interface Project {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly description: string;
}

export const PROJECTS: readonly Project[] = [
  {
    id: '10000',
    key: 'KANBAN',
    name: 'Sample Kanban Project',
    description: 'A sample, kept in memory: what you change is gone after a restart.',
  },
  {
    id: '10001',
    key: 'SCRUM',
    name: 'Sample Scrum Project',
    description: 'A sample, kept in memory: what you change is gone after a restart.',
  },
];

/** The project with this key (case does not count) or id. */
export function projectOf(keyOrId: string): Project | null {
  return PROJECTS.find(({ id, key }) => id === keyOrId || key === keyOrId.toUpperCase()) ?? null;
}
