export interface Result {
  readonly name: string;
  readonly perSecond: number;
  readonly cpuUs: number | null;
  readonly p50Us: number;
}
export interface Report {
  readonly cases: readonly {
    readonly name: string;
    readonly results: readonly Result[];
    readonly beside?: { readonly device?: { readonly us: number }; readonly lookUpUs?: Readonly<Record<string, number>> } | null;
  }[];
  readonly decision?: { readonly nanoseconds: number };
  readonly startUp?: { readonly wallMs: number };
}
export interface GoalRow {
  readonly goal: string;
  readonly bound: string;
  readonly seen: number | null;
  readonly isReached: boolean | null;
  readonly instead?: string;
}
export function goalsOf(report: Report): GoalRow[];
