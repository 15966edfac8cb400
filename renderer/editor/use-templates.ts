import { useCallback, useEffect, useState } from 'react';
import type { TemplateView } from '../../shared/ipc/contract.ts';
import type { LocalProfile } from '../../shared/model/local-profiles.ts';
import {
  lookupIn,
  type TemplateKind,
  templateKinds,
  type TemplateLookup,
} from '../../shared/model/templates.ts';
import { useApp } from '../hooks/app-context.tsx';

export interface Templates {
  readonly local: readonly LocalProfile[];
  readonly server: readonly TemplateView[];
  readonly lookup: TemplateLookup;
  /** Reads the local ones again, after one was saved, imported or deleted. */
  readonly reload: () => void;
}

type ByKind = Readonly<Partial<Record<TemplateKind, readonly TemplateView[]>>>;

/**
 * Profiles and templates of this machine and of one server. A server without any, or one that does not answer, has none.
 */
export function useTemplates(instanceUrl: string): Templates {
  const { call } = useApp();
  const [local, setLocal] = useState<readonly LocalProfile[]>([]);
  const [server, setServer] = useState<ByKind>({});
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let current = true;
    call('profiles:list', null).then(
      (found) => {
        if (current) setLocal(found);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [call, turn]);

  useEffect(() => {
    let current = true;
    for (const kind of templateKinds) {
      call('instances:templates', { url: instanceUrl, kind }).then(
        (found) => {
          if (current) setServer((before) => ({ ...before, [kind]: found }));
        },
        () => undefined,
      );
    }
    return () => {
      current = false;
    };
  }, [call, instanceUrl]);

  return {
    local,
    server: server.profiles ?? [],
    lookup: lookupIn(local, server),
    reload: useCallback(() => setTurn((before) => before + 1), []),
  };
}
