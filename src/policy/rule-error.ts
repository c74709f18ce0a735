// A rule that cannot be taken. A REST layer turns it into a 400, start-up into a refusal to start [EXT-17, EXT-18].

/** Names the rule and, where there is one, the place in it. The message is for whoever wrote the rule. */
export class RuleError extends Error {
  /** The rule as it was given, cut at the length a rule may have. */
  readonly rule: string;
  /** From 1. */
  readonly ruleNumber: number;
  /** Index in `rule`, from 0; null when it concerns the whole rule. */
  readonly position: number | null;

  constructor(rule: string, ruleNumber: number, position: number | null, reason: string) {
    super(position === null ? `rule ${ruleNumber}: ${reason}` : `rule ${ruleNumber}, column ${position + 1}: ${reason}`);
    this.name = 'RuleError';
    this.rule = rule;
    this.ruleNumber = ruleNumber;
    this.position = position;
  }
}
