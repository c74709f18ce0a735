import type { GoalRow } from './goals.mjs';

export function median(values: readonly (number | null)[]): number | null;
export function renderGoals(goals: readonly GoalRow[]): string;
export function renderComparison(reports: readonly { readonly goals: readonly GoalRow[] }[]): string;
