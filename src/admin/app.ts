// The control plane: `/api/v1` and the pages on Postern's own origin, for people with a password. Requests that are forwarded never pass here [GW-60].
import type { IncomingMessage } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Trail } from '../audit/contract.js';
import { createCredentialCache } from '../authn/credential-cache.js';
import type { CheckPassword } from '../authn/password-check.js';
import { ERROR_CODES, type Clock, type Logger, type RandomSource } from '../core/index.js';

import { RestFault, type RestModule, type Route } from '../plugin-kit/rest.js';
import type { Profile } from '../plugin-kit/setting.js';
import type { Directory } from '../store/directory/directory.js';
import type { Sessions } from '../store/sessions.js';
import type { UpstreamCredentials } from '../store/upstream-credentials.js';
import { answerFault, challengesFor, renderFault } from './fault.js';
import { createLogin } from './login.js';
import { type Pages, servePage } from './pages.js';
import { pluginRouter } from './plugin-router.js';
import { viewOf, type ViewNeeds } from './request-view.js';
import { auditExport } from './routes/audit-export.js';
import { type AuditRecordsNeeds, auditRecordRoutes } from './routes/audit-records.js';
import { auditStream, type AuditStreamNeeds, type SignedInRequest } from './routes/audit-stream.js';
import { type ExplainNeeds, explainRoutes } from './routes/explain.js';
import { managedAccounts } from './routes/managed-accounts.js';
import type { TokenSystems } from './token-view.js';
import { type MyTokenRoutesNeeds, myTokenRoutes } from './routes/my-tokens.js';
import { type SettingRoutesNeeds, settingRoutes } from './routes/settings.js';
import { type SwitchRoutesNeeds, switchRoutes } from './routes/switches.js';
import { type TokenCallRoutesNeeds, tokenCallRoutes } from './routes/token-calls.js';
import { type TokenRoutesNeeds, tokenRoutes } from './routes/tokens.js';
import { upstreamCredentialRoutes } from './routes/upstream-credentials.js';
import { userRoutes } from './routes/users.js';
import { createSessionLogin, type SessionNeeds } from './session/session-login.js';
import { serveSession, SESSION_PATH } from './session/session-routes.js';

const ROOT = '/api/v1';

export interface AdminNeeds
  extends ViewNeeds,
    Omit<SwitchRoutesNeeds, 'trail'>,
    SettingRoutesNeeds,
    Omit<TokenRoutesNeeds & MyTokenRoutesNeeds & TokenCallRoutesNeeds, 'directory' | 'tokenSystems' | 'registry'>,
    Pick<ExplainNeeds, 'gate'>,
    Omit<AuditRecordsNeeds, 'clock'>,
    Pick<AuditStreamNeeds, 'auditTail' | 'atEnd'> {
  readonly registry: TokenRoutesNeeds['registry'];
  readonly directory: Directory;
  readonly trail: Pick<Trail, 'act' | 'noteLogin' | 'records'>;
  readonly upstreamCredentials: UpstreamCredentials;
  readonly checkPassword: CheckPassword;
  readonly sessions: Sessions;
  /** What browsers call Postern; null: what their requests say. */
  readonly baseUrl: SessionNeeds['baseUrl'];
  /** Whether clients come with TLS, ended here or before. */
  readonly isSecure: boolean;
  /** The built pages; null where there are none. */
  readonly pages: Pages | null;
  /** The token systems' own routes below `/api/v1`. */
  readonly systemRoutes: readonly Route[];
  readonly tokenSystems: TokenSystems;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly profile: Profile;
  /** Whether remembered logins may be believed; left out: always [GW-50]. */
  isFresh?(): boolean;
}

/**
 * The application. It expects `request.url` to be the canonical target [GW-1] and answers every path: 404 outside `/api/v1`.
 * A change of a user ends that user's remembered logins before it is answered.
 */
export function createAdminApp(needs: AdminNeeds): express.Express {
  const cache = createCredentialCache(needs.clock, needs.random, () => needs.isFresh?.() ?? true);
  needs.directory.onChange((userId) => cache.forgetUser(userId));
  const login = createLogin({ ...needs, cache });
  const sessions = createSessionLogin(needs);
  // Beside the request, never on it: nothing that arrives can forge an entry here.
  const arrivals = new WeakMap<IncomingMessage, SignedInRequest>();
  const callerOf = (message: IncomingMessage): SignedInRequest => {
    const arrived = arrivals.get(message);
    if (arrived === undefined) throw new Error('A request reached a route of the control plane without passing its login.');
    return arrived;
  };

  const app = express();
  app.disable('etag');
  app.use(securityHeaders());
  app.use(async (message: Request, response: Response, next: NextFunction) => {
    const request = viewOf(message, needs);
    if (needs.pages !== null && servePage(needs.pages, message, response, request)) return;
    if (request.path !== ROOT && !request.path.startsWith(`${ROOT}/`))
      throw new RestFault(404, ERROR_CODES['request.not-found'].publicText);
    response.setHeader('Cache-Control', 'no-store');
    if (request.path === SESSION_PATH) return serveSession({ ...needs, login: sessions }, message, response, request);
    const byPassword = await login(message, request);
    const principal = byPassword ?? (await sessions.find(message, request))?.principal ?? null;
    arrivals.set(message, {
      request,
      caller: principal === null ? null : { principal, grant: null },
      challenges: challengesFor(message),
      session: byPassword === null && principal !== null ? sessions.cookie.read(message) : null,
    });
    next();
  });
  app.use(auditExport({ trail: needs.trail, callerOf }));
  app.use(auditStream({ ...needs, callerOf }));
  app.use(managedAccounts({ directory: needs.directory, callerOf }));
  app.use(pluginRouter(apiModule(needs), { callerOf, clock: needs.clock, logger: needs.logger }));
  // Express knows a handler of errors by its four parameters.
  app.use((error: unknown, message: Request, response: Response, _next: NextFunction) =>
    answerFault(message, response, error, needs.logger),
  );
  return app;
}

/** Helmet's headers for answers that are never a page. No HSTS, over TLS neither: it would bind every port of this host (docs/decisions/0013). */
function securityHeaders(): express.RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } },
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  });
}

/** The resources as one module on Postern's own origin: routed, read and refused as the token systems' are. */
function apiModule(needs: AdminNeeds): RestModule {
  const own = [
    userRoutes(needs),
    upstreamCredentialRoutes(needs),
    switchRoutes(needs),
    tokenRoutes(needs),
    myTokenRoutes(needs),
    tokenCallRoutes(needs),
    settingRoutes(needs),
    explainRoutes(needs),
    auditRecordRoutes(needs),
  ].flat();
  const routes = [...own, ...needs.systemRoutes];
  return { product: 'cloud', path: ROOT, versions: [], routes, renderFault };
}
