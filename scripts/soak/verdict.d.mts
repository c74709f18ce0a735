export interface Held {
  readonly heapMb: number;
  readonly socketCount: number;
  readonly descriptors: number;
  readonly timers: number;
  readonly threads: number;
}
export interface Sample {
  readonly atS: number;
  readonly rssMb: number;
  readonly p99Ms: number | null;
  /** Of the server, for a request; of the bare proxy when it was last measured; when that was. */
  readonly cpuUs?: number | null;
  readonly bareUs?: number;
  readonly gaugedAtS?: number;
  readonly requests: number;
  readonly leftOut: number;
  readonly unexpected: Readonly<Record<string, number>>;
}
export interface Soaked {
  readonly samples: readonly Sample[];
  readonly before: Held;
  readonly warm: Held;
  readonly after: Held;
}
export interface Finding {
  readonly what: string;
  readonly bound: string;
  readonly seen: number;
  readonly holds: boolean;
}
export const BOUNDS: Readonly<Record<string, number>>;
export function verdictOf(soaked: Soaked, bounds?: Readonly<Record<string, number>>): Finding[];
export function gaugesOf(samples: readonly Sample[]): number;
export function slope(points: readonly (readonly [number, number])[]): number;
export function rounded(value: number): string;
