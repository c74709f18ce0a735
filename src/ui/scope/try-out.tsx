// Tries the restrictions on requests while they are put together: the server says what it would do, and nothing is sent to a product [GW-25].
import { useEffect, useState } from 'react';
import type { TokenSystemAnswer } from '../../admin/api-types.js';
import { ApiFault, faultText } from '../api.js';
import { SelectField, TextField } from '../components/field.js';
import { Message } from '../components/message.js';
import { useSettled } from '../later.js';
import { useSession } from '../session.js';
import { texts } from '../texts.js';
import { SCOPE_METHODS, type ScopeMethod } from './scope.js';
import { type ExampleRequest, exampleRequests } from './suggestions.js';

const T = texts.tryOut;

export interface TryOutProps {
  readonly system: TokenSystemAnswer;
  readonly limitTo: string;
  readonly ip: string;
}

/** What `POST /api/v1/explain` says of one request, as far as it is shown here. */
interface Explained {
  readonly decision: { readonly effect: 'permit' | 'deny'; readonly text: string };
}

type Outcome = { readonly isPermitted: boolean; readonly text: string };

export function TryOut({ system, limitTo, ip }: TryOutProps) {
  const [own, setOwn] = useState<ExampleRequest>({ method: 'GET', path: '' });
  const requests = [...exampleRequests(system), ...(own.path === '' ? [] : [own])];
  const { outcomes, fault } = useOutcomes(system.system, limitTo, ip, requests);
  return (
    <section aria-label={T.title}>
      <h3>{T.title}</h3>
      <p className="postern-hint">{T.about}</p>
      {fault === null ? null : <Message kind={fault === T.unavailable ? 'info' : 'error'}>{fault}</Message>}
      <ul className="postern-tries">
        {requests.map((request) => (
          <li key={`${request.method} ${request.path}`}>
            <OutcomeLozenge outcome={outcomes.get(keyOf(request))} />
            <code>
              {request.method} {request.path}
            </code>
            <span className="postern-hint">{outcomes.get(keyOf(request))?.text}</span>
          </li>
        ))}
      </ul>
      <div className="postern-rule-path">
        <SelectField
          label={T.method}
          value={own.method}
          onChange={(method) => setOwn({ ...own, method: method as ScopeMethod })}
          options={SCOPE_METHODS.map((method) => [method, method])}
        />
        <TextField label={T.path} value={own.path} onChange={(path) => setOwn({ ...own, path })} placeholder={T.pathExample} />
      </div>
    </section>
  );
}

function OutcomeLozenge({ outcome }: { readonly outcome: Outcome | undefined }) {
  if (outcome === undefined) return <span className="aui-lozenge">{T.unknown}</span>;
  return (
    <span className={`aui-lozenge aui-lozenge-${outcome.isPermitted ? 'success' : 'error'}`}>
      {outcome.isPermitted ? T.permitted : T.refused}
    </span>
  );
}

function keyOf({ method, path }: ExampleRequest): string {
  return `${method} ${path}`;
}

interface Tried {
  /** What was asked; null: nothing yet. */
  readonly question: string | null;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly fault: string | null;
}

/** Asks once typing has stopped; an answer that was overtaken is dropped, and one to what stood there before is not shown for what stands there now. */
function useOutcomes(system: string, limitTo: string, ip: string, requests: readonly ExampleRequest[]): Tried {
  const { api } = useSession();
  const [tried, setTried] = useState<Tried>({ question: null, outcomes: new Map(), fault: null });
  const current = JSON.stringify({ system, limitTo, ip, requests });
  const question = useSettled(current);
  useEffect(() => {
    let isOvertaken = false;
    const asked = JSON.parse(question) as { system: string; limitTo: string; ip: string; requests: readonly ExampleRequest[] };
    const one = async (request: ExampleRequest): Promise<[string, Outcome]> => {
      const body = { system: asked.system, limitTo: asked.limitTo, ip: asked.ip, method: request.method, url: request.path };
      const { decision } = await api.call<Explained>('POST', '/explain', body);
      return [keyOf(request), { isPermitted: decision.effect === 'permit', text: decision.text }];
    };
    const settle = (next: Tried): void => {
      if (!isOvertaken) setTried(next);
    };
    Promise.all(asked.requests.map(one)).then(
      (pairs) => settle({ question, outcomes: new Map(pairs), fault: null }),
      (error: unknown) => settle({ question, outcomes: new Map(), fault: isMissing(error) ? T.unavailable : faultText(error) }),
    );
    return () => {
      isOvertaken = true;
    };
  }, [api, question]);
  return tried.question === current ? tried : { ...tried, outcomes: new Map() };
}

/** A server from before it could explain. */
function isMissing(error: unknown): boolean {
  return error instanceof ApiFault && (error.status === 404 || error.status === 405);
}
