/** Storage of oidc-provider's models in the sandbox's database. */
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Store } from '../state/store.ts';
import type { OpRecord } from '../tokens/model.ts';

/** Opaque access tokens are replaced by JWTs before they leave, so nobody ever looks one up. */
const NEVER_STORED = new Set(['AccessToken']);

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}

export class StoreAdapter implements Adapter {
  readonly #store: Store;
  readonly #model: string;
  readonly #namespace: string;

  constructor(store: Store, provider: string, model: string) {
    this.#store = store;
    this.#model = model;
    this.#namespace = `${provider} ${model}`;
  }

  #records(): Record<string, OpRecord> {
    return (this.#store.state.opRecords[this.#namespace] ??= {});
  }

  #live(id: string): OpRecord | undefined {
    const record = this.#records()[id];
    if (!record || record.expires === undefined || record.expires > nowS()) return record;
    Reflect.deleteProperty(this.#records(), id);
    return undefined;
  }

  upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<undefined> {
    if (!NEVER_STORED.has(this.#model)) {
      this.#records()[id] = {
        payload: { ...payload },
        ...(expiresIn > 0 ? { expires: nowS() + expiresIn } : {}),
      };
      this.#store.touch();
    }
    return Promise.resolve(undefined);
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return Promise.resolve(this.#live(id)?.payload as AdapterPayload | undefined);
  }

  #findBy(key: 'uid' | 'userCode', value: string): Promise<AdapterPayload | undefined> {
    const record = Object.values(this.#records()).find((entry) => entry.payload[key] === value);
    return Promise.resolve(record?.payload as AdapterPayload | undefined);
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#findBy('uid', uid);
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#findBy('userCode', userCode);
  }

  consume(id: string): Promise<undefined> {
    const record = this.#live(id);
    if (record) record.payload['consumed'] = nowS();
    this.#store.touch();
    return Promise.resolve(undefined);
  }

  destroy(id: string): Promise<undefined> {
    Reflect.deleteProperty(this.#records(), id);
    this.#store.touch();
    return Promise.resolve(undefined);
  }

  revokeByGrantId(grantId: string): Promise<undefined> {
    const records = this.#records();
    for (const [id, record] of Object.entries(records))
      if (record.payload['grantId'] === grantId) Reflect.deleteProperty(records, id);
    this.#store.touch();
    return Promise.resolve(undefined);
  }
}
