export function spelling(name: string, number: number): string;
