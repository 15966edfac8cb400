import type { Discovery } from './discovery.ts';
import { readAs } from './answers.ts';
import { calendar, calendars, calendarSchema, calendarsSchema, knowsCalendarIds } from './notices-answers.ts';
import type { Calendar, CalendarsClient } from './notices-types.ts';
import { badAnswer, notSupported, problem } from './problems.ts';
import { commentForServer } from './request-bodies.ts';
import type { CallSpec, ReadAnswer, ServerCalls } from './server-calls.ts';
import type { Answer, CallOptions, HeldMytoken } from './types.ts';

const feature = 'calendars';
const collection: CallSpec = {
  kind: 'mytoken',
  feature,
  endpoint: ({ endpoints: { notifications } }) =>
    notifications === null ? null : `${notifications}/calendars`,
  limitBytes: 16 * 1024 * 1024,
};

/** Calendar feeds; see {@link CalendarsClient}. */
export class CalendarCalls implements CalendarsClient {
  readonly #calls: ServerCalls;
  readonly #discovery: Discovery;

  constructor(calls: ServerCalls, discovery: Discovery) {
    this.#calls = calls;
    this.#discovery = discovery;
  }

  list(token: HeldMytoken, options?: CallOptions): Promise<Answer<readonly Calendar[]>> {
    return this.#calls.withToken(
      token,
      { ...collection, tokenInHeader: true },
      (answer, info) => calendars(readAs(calendarsSchema, answer), info),
      options,
    );
  }

  async byId(instanceUrl: string, options?: CallOptions): Promise<boolean> {
    return knowsCalendarIds(await this.#discovery.get(instanceUrl, options));
  }

  async create(token: HeldMytoken, title: string, options?: CallOptions): Promise<Answer<Calendar>> {
    const byId = await this.byId(token.instanceUrl, options);
    if (!byId) requireUsableName(title);
    const body = byId ? { description: title, tags: [] } : { name: title };
    return this.#calls.withToken(token, { ...collection, body }, readCalendar, options);
  }

  async rename(
    token: HeldMytoken,
    which: Calendar,
    title: string,
    options?: CallOptions,
  ): Promise<Answer<null>> {
    await this.#requireIds(token, which, options);
    const spec: CallSpec = { ...one(which), method: 'PUT', body: { description: title } };
    return this.#calls.withToken(token, spec, () => null, options);
  }

  remove(token: HeldMytoken, which: Calendar, options?: CallOptions): Promise<Answer<null>> {
    // Without a body: a mom_id in it would mean something else to newer servers.
    const spec: CallSpec = { ...one(which), method: 'DELETE', tokenInHeader: true };
    return this.#calls.withToken(token, spec, () => null, options);
  }

  addToken(
    token: HeldMytoken,
    which: Calendar,
    { momId, comment }: { readonly momId: string; readonly comment: string },
    options?: CallOptions,
  ): Promise<Answer<Calendar>> {
    const body = { mom_id: momId, comment: commentForServer(comment) };
    return this.#calls.withToken(token, { ...one(which), body }, readCalendar, options);
  }

  async removeToken(
    token: HeldMytoken,
    which: Calendar,
    momId: string,
    options?: CallOptions,
  ): Promise<Answer<null>> {
    await this.#requireIds(token, which, options);
    const spec: CallSpec = { ...one(which), method: 'DELETE', body: { mom_id: momId } };
    return this.#calls.withToken(token, spec, () => null, options);
  }

  /**
   * Servers that know calendars by name take the request to remove one mytoken for one to delete the calendar (mytoken protocol, "Calendars"),
   * so their version is asked for anew.
   */
  async #requireIds(token: HeldMytoken, which: Calendar, options?: CallOptions): Promise<void> {
    const info = await this.#discovery.get(token.instanceUrl, { ...options, refresh: true });
    if (!which.editable || !knowsCalendarIds(info)) throw notSupported(feature);
  }
}

const readCalendar: ReadAnswer<Calendar> = (answer, info) => {
  const read = calendar(readAs(calendarSchema, answer), info);
  if (read === null) throw badAnswer('unexpected-shape');
  return read;
};

/** Servers decode names like form values: a literal `+` has to be `%2B`, which this makes of it. */
function one(which: Calendar): CallSpec {
  const key = which.key.reveal();
  // Of such a name a URL makes a path to somewhere else, however it is escaped.
  if (/^\.{1,2}$/.test(key)) throw unusableName();
  return {
    ...collection,
    endpoint: (info) => {
      const base = collection.endpoint(info);
      return base === null ? null : `${base}/${encodeURIComponent(key)}`;
    },
  };
}

/** Names become parts of a path; some proxies take an escaped slash for a plain one. */
function requireUsableName(name: string): void {
  if (name === '' || /^\.{1,2}$|[/\\]/.test(name)) throw unusableName();
}

function unusableName(): Error {
  return problem('mytoken/invalid-request', 'A calendar cannot have this name.', {
    sent: 'no',
    details: { reason: 'calendar-name' },
  });
}
