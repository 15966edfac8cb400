import { Secret } from '../ports/index.ts';
import { readAs } from './answers.ts';
import {
  calendars,
  createdSchema,
  mailNotification,
  mailNotifications,
  notificationsSchema,
  oneNotificationSchema,
  ownNoticesSchema,
} from './notices-answers.ts';
import type { MailNotification, NewNotification, NotificationsClient, OwnNotices } from './notices-types.ts';
import { commentForServer } from './request-bodies.ts';
import type { CallSpec, ServerCalls } from './server-calls.ts';
import type { Answer, CallOptions, HeldMytoken } from './types.ts';

const listLimitBytes = 16 * 1024 * 1024;
const feature = 'notifications';
const notifications: CallSpec = {
  kind: 'mytoken',
  feature,
  endpoint: (info) => info.endpoints.notifications,
  limitBytes: listLimitBytes,
};

/** Mails about mytokens; see {@link NotificationsClient}. */
export class NotificationCalls implements NotificationsClient {
  readonly #calls: ServerCalls;

  constructor(calls: ServerCalls) {
    this.#calls = calls;
  }

  list(token: HeldMytoken, options?: CallOptions): Promise<Answer<readonly MailNotification[]>> {
    return this.#calls.withToken(
      token,
      { ...notifications, tokenInHeader: true },
      (answer) => mailNotifications(readAs(notificationsSchema, answer)),
      options,
    );
  }

  own(token: HeldMytoken, options?: CallOptions): Promise<Answer<OwnNotices>> {
    return this.#calls.withToken(
      token,
      {
        ...notifications,
        endpoint: ({ endpoints }) => (endpoints.notifications === null ? null : endpoints.tokeninfo),
        // No `mom_ids`: of the words that stand for the mytoken itself servers understand none.
        body: { action: 'notifications' },
      },
      (answer, info) => {
        const own = readAs(ownNoticesSchema, answer);
        return { notifications: mailNotifications(own), calendars: calendars(own, info) };
      },
      options,
    );
  }

  create(token: HeldMytoken, wish: NewNotification, options?: CallOptions): Promise<Answer<Secret>> {
    const { target, classes } = wish;
    const body = {
      notification_type: 'mail',
      notification_classes: classes,
      user_wide: target.kind === 'user-wide',
      // A mom_id always takes the capability to manage all mytokens, even that of the mytoken itself.
      ...(target.kind === 'one' ? { mom_id: target.momId } : {}),
      ...(target.kind === 'user-wide' ? {} : { include_children: target.includeChildren }),
    };
    return this.#calls.withToken(
      token,
      { ...notifications, body },
      (answer) => new Secret(readAs(createdSchema, answer).management_code),
      options,
    );
  }

  read(instanceUrl: string, managementCode: Secret, options?: CallOptions): Promise<MailNotification> {
    return this.#calls.plain(
      instanceUrl,
      managed(managementCode),
      (answer) => mailNotification(readAs(oneNotificationSchema, answer)),
      options,
    );
  }

  setClasses(
    instanceUrl: string,
    managementCode: Secret,
    classes: readonly string[],
    options?: CallOptions,
  ): Promise<null> {
    const spec = managed(managementCode, '/nc');
    return this.#change(instanceUrl, { ...spec, body: { notification_classes: classes } }, options);
  }

  addToken(
    instanceUrl: string,
    managementCode: Secret,
    { momId, includeChildren }: { readonly momId: string; readonly includeChildren: boolean },
    options?: CallOptions,
  ): Promise<null> {
    const spec = managed(managementCode, '/token');
    const body = { mom_id: momId, include_children: includeChildren };
    return this.#change(instanceUrl, { ...spec, body }, options);
  }

  removeToken(
    instanceUrl: string,
    managementCode: Secret,
    momId: string,
    options?: CallOptions,
  ): Promise<null> {
    const spec = managed(managementCode, '/token');
    return this.#change(instanceUrl, { ...spec, method: 'DELETE', body: { mom_id: momId } }, options);
  }

  remove(instanceUrl: string, managementCode: Secret, options?: CallOptions): Promise<null> {
    return this.#change(instanceUrl, { ...managed(managementCode), method: 'DELETE' }, options);
  }

  invite(
    token: HeldMytoken,
    { momId, comment }: { readonly momId: string; readonly comment: string },
    options?: CallOptions,
  ): Promise<Answer<null>> {
    const body = { notification_type: 'ics_invite', mom_id: momId, comment: commentForServer(comment) };
    return this.#calls.withToken(token, { ...notifications, body }, () => null, options);
  }

  #change(instanceUrl: string, spec: CallSpec, options?: CallOptions): Promise<null> {
    return this.#calls.plain(instanceUrl, spec, () => null, options);
  }
}

/** The management code is the only credential of these calls. */
function managed(code: Secret, path = ''): CallSpec {
  return {
    kind: 'public',
    feature,
    endpoint: ({ endpoints: { notifications: base } }) =>
      base === null ? null : `${base}/${encodeURIComponent(code.reveal())}${path}`,
  };
}
