// Why a command could not do what it was asked, in lines for a person. What nobody foresaw is thrown on.
import { ConfigError } from '../config/load.js';
import { HostError } from '../core/index.js';
import { StartError } from '../core/start-error.js';
import { RestFault } from '../plugin-kit/rest.js';
import { UserError } from '../store/directory/user-error.js';

/** The lines. Rethrows what is no failure of a known kind. */
export function explainFailure(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return ['The settings have to be mended:', ...error.problems.map((problem) => `- ${problem}`)];
  if (error instanceof StartError) return [error.message, `Next: ${error.nextStep}`];
  if (error instanceof RestFault || error instanceof UserError) return [error.message];
  if (error instanceof HostError) return [error.publicText, error.detail];
  throw error;
}
