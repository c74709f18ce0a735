export interface Block {
  readonly line: number;
  readonly text: string;
  readonly commands: string;
  readonly server: string | null;
  readonly expected: { readonly kind: string; readonly text: string } | null;
  readonly skipped: string | null;
}
export function readBlocks(markdown: string): Block[];
