import type { ActivityRecord, ActivityView } from '../../shared/model/activity.ts';

/** What is known when something has happened; when, and the id unless one was chosen beforehand, are filled in. */
export type ActivityEntry = Omit<ActivityRecord, 'id' | 'atMs' | 'count' | 'lastAtMs'> & {
  readonly id?: string | undefined;
};

/** What became known later of something that is in the log already. */
export type ActivityAmendment = Partial<Pick<ActivityRecord, 'outcome' | 'problem' | 'mytoken'>>;

/** What was asked for and what became of it; bounded, without tokens. */
export interface Activity {
  /** Cheap: it is called for every cached token. The same of the same program within a minute is counted, not repeated. `times`: it happened so often. */
  add(entry: ActivityEntry, times?: number): void;
  /**
   * Says what became of the request with this id. One of several that are counted together becomes a record of its own, or is counted with
   * those of the same fate. False when the log has no such id (any more).
   */
  amend(id: string, amendment: ActivityAmendment): boolean;
  /** The newest first. */
  list(): readonly ActivityRecord[];
  onChange(listener: () => void): () => void;
}

/** The log with its file: everything is in memory, the disk follows within seconds and survives a kill with what it had. */
export interface ActivityLog extends Activity {
  get(id: string): ActivityRecord | null;
  state(): ActivityView;
  /** Reads the file. What was added before comes after what is read. */
  start(): Promise<void>;
  /** Drops what is older than it is kept; to be called when that time was changed. */
  prune(): void;
  /** Deletes everything, on the disk too. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}
