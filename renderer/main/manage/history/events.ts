import { isMessageKey, type Translate } from '../../../../shared/i18n/catalogue.ts';
import type { HistoryEventView } from '../../../../shared/ipc/contract.ts';

/** What happened, in words; servers may know events that we do not, and then their own name has to do. */
export function eventWords(t: Translate, event: string): string {
  const key = `event.${event}`;
  return isMessageKey(key) ? t(key) : event.replaceAll('_', ' ');
}

export interface IndexedEvent {
  readonly event: HistoryEventView;
  readonly text: string;
}

/** What a search looks at, put together once: the words that are shown and what the server sent. */
export function indexEvents(t: Translate, events: readonly HistoryEventView[]): readonly IndexedEvent[] {
  return events.map((event) => ({
    event,
    text: [eventWords(t, event.event), event.event, event.comment, event.ip, event.userAgent, event.momId]
      .filter((part) => part !== null)
      .join('\n')
      .toLowerCase(),
  }));
}

/** Events of one kind (empty: of all) in which a text occurs. */
export function filterEvents(
  indexed: readonly IndexedEvent[],
  query: string,
  kind: string,
): readonly HistoryEventView[] {
  const wanted = query.trim().toLowerCase();
  return indexed
    .filter(({ event, text }) => (kind === '' || event.event === kind) && text.includes(wanted))
    .map(({ event }) => event);
}
