import { type ReactNode, useEffect, useState } from 'react';
import type { CallArgs } from '../../../shared/ipc/contract.ts';
import { sameIssuer } from '../../../shared/model/issuers.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { useApp } from '../../hooks/app-context.tsx';
import { useTask } from '../../hooks/use-task.ts';
import { hostOf } from '../../hooks/words.ts';
import type { Place } from '../navigation.ts';
import { LoginProgress } from './LoginProgress.tsx';
import { ProviderPicker } from './ProviderPicker.tsx';
import { RequestForm } from './RequestForm.tsx';
import { ServerPicker } from './ServerPicker.tsx';
import { Wanted } from './Wanted.tsx';
import { useInstance } from './use-instance.ts';

type LoginRequest = CallArgs<'login:start'>;

/** Server, provider, request, browser: one calm page where each answer opens the next question. */
export function LoginSteps({
  wantedIssuer,
  waitsUntilMs = Infinity,
  go,
}: {
  /** The provider that somebody waits for: chosen beforehand, where the server knows it. */
  readonly wantedIssuer: string | null;
  readonly waitsUntilMs?: number;
  readonly go: (place: Place) => void;
}): ReactNode {
  const { state, call } = useApp();
  const { platform, login } = state;
  const [url, setUrl] = useState(platform.prefillInstance ?? platform.knownInstances[0]?.url ?? '');
  const instance = useInstance(url);
  const [issuer, setIssuer] = useState<string | null>(wantedIssuer);
  const [lastRequest, setLastRequest] = useState<LoginRequest | null>(null);
  const task = useTask();

  const providers = instance.view?.providers ?? [];
  // A single provider needs no choosing.
  const chosen =
    providers.find((provider) => issuer !== null && sameIssuer(provider.issuer, issuer)) ??
    (providers.length === 1 ? providers[0] : undefined);

  // What ended before this page was opened is of no interest here.
  const [stale] = useState(login?.state === 'done' || login?.state === 'failed' ? login.flowId : null);
  useEffect(() => {
    if (stale !== null) void call('login:dismiss', { flowId: stale });
  }, [call, stale]);

  const start = (request: LoginRequest): void => {
    setLastRequest(request);
    void task.run(() => call('login:start', request));
  };

  if (login !== null && login.renewsAccountId === null && login.flowId !== stale) {
    return (
      <LoginProgress
        login={login}
        go={go}
        onAgain={() => {
          if (lastRequest) start(lastRequest);
          else void call('login:dismiss', { flowId: login.flowId });
        }}
      />
    );
  }

  const unknownHere =
    wantedIssuer !== null &&
    instance.view !== null &&
    !providers.some((provider) => sameIssuer(provider.issuer, wantedIssuer));

  return (
    <>
      {wantedIssuer !== null && (
        <Wanted provider={hostOf(wantedIssuer)} unknownHere={unknownHere} waitsUntilMs={waitsUntilMs} />
      )}
      <ServerPicker
        url={url}
        onUrl={(next) => {
          setUrl(next);
          setIssuer(wantedIssuer);
        }}
        instance={instance}
      />
      {instance.view !== null && providers.length > 0 && (
        <ProviderPicker
          providers={providers}
          value={chosen ?? null}
          onChange={(provider) => setIssuer(provider.issuer)}
        />
      )}
      {instance.view !== null && chosen && (
        <RequestForm
          key={`${instance.view.issuer} ${chosen.issuer}`}
          instance={instance.view}
          provider={chosen}
          busy={task.busy}
          onStart={start}
        />
      )}
      <ErrorNotice error={task.error} />
    </>
  );
}
