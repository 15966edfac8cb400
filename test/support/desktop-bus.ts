import dbus, { type Message, type MessageBus, type Variant } from 'dbus-next';

/** One entry of a tray menu as the desktop sees it. */
export interface TrayEntry {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
  readonly separator: boolean;
  readonly children: readonly TrayEntry[];
}

export interface DesktopNotification {
  readonly id: number;
  readonly title: string;
  readonly body: string;
}

/**
 * Plays the desktop on a session bus: the tray host (org.kde.StatusNotifierWatcher) and the notification server
 * (org.freedesktop.Notifications). What arrives is what a user's panel would show.
 */
export interface DesktopBus {
  /** Bus names of registered tray items. */
  items(): readonly string[];
  /** Waits for the first tray item. */
  tray(): Promise<TrayItem>;
  notifications(): readonly DesktopNotification[];
  /** The user clicks a notification. */
  clickNotification(id: number): void;
  stop(): void;
}

export interface TrayItem {
  menu(): Promise<readonly TrayEntry[]>;
  /** Clicks the entry whose labels along the path are these; throws with the labels there are. */
  click(...path: string[]): Promise<void>;
  title(): Promise<string>;
}

export interface DesktopBusOptions {
  readonly busAddress: string;
  readonly tray?: boolean;
  readonly notifications?: boolean;
}

const { Interface, ACCESS_READ } = dbus.interface;

class Watcher extends Interface {
  readonly items: string[] = [];
  readonly onItem: (name: string) => void;

  constructor(onItem: (name: string) => void) {
    super('org.kde.StatusNotifierWatcher');
    this.onItem = onItem;
  }

  RegisterStatusNotifierItem(service: string): void {
    this.items.push(service);
    this.onItem(service);
  }

  RegisterStatusNotifierHost(_service: string): void {
    // One host is all there is: us.
  }

  get RegisteredStatusNotifierItems(): string[] {
    return this.items;
  }

  get IsStatusNotifierHostRegistered(): boolean {
    return true;
  }

  get ProtocolVersion(): number {
    return 0;
  }
}

Watcher.configureMembers({
  properties: {
    RegisteredStatusNotifierItems: { signature: 'as', access: ACCESS_READ },
    IsStatusNotifierHostRegistered: { signature: 'b', access: ACCESS_READ },
    ProtocolVersion: { signature: 'i', access: ACCESS_READ },
  },
  methods: {
    RegisterStatusNotifierItem: { inSignature: 's', outSignature: '' },
    RegisterStatusNotifierHost: { inSignature: 's', outSignature: '' },
  },
  signals: {},
});

class NotificationServer extends Interface {
  readonly shown: DesktopNotification[] = [];
  #lastId = 0;

  constructor() {
    super('org.freedesktop.Notifications');
  }

  Notify(
    _app: string,
    _replaces: number,
    _icon: string,
    title: string,
    body: string,
    _actions: string[],
    _hints: Record<string, Variant>,
    _timeoutMs: number,
  ): number {
    this.#lastId += 1;
    this.shown.push({ id: this.#lastId, title, body });
    return this.#lastId;
  }

  CloseNotification(_id: number): void {
    // Nothing is on a screen here.
  }

  GetCapabilities(): string[] {
    return ['body', 'actions'];
  }

  GetServerInformation(): [string, string, string, string] {
    return ['test', 'test', '1', '1.2'];
  }

  ActionInvoked(id: number, action: string): [number, string] {
    return [id, action];
  }
}

NotificationServer.configureMembers({
  properties: {},
  methods: {
    Notify: { inSignature: 'susssasa{sv}i', outSignature: 'u' },
    CloseNotification: { inSignature: 'u', outSignature: '' },
    GetCapabilities: { inSignature: '', outSignature: 'as' },
    GetServerInformation: { inSignature: '', outSignature: 'ssss' },
  },
  signals: { ActionInvoked: { signature: 'us' } },
});

export async function startDesktopBus(options: DesktopBusOptions): Promise<DesktopBus> {
  const bus = dbus.sessionBus({ busAddress: options.busAddress });
  const waiting: (() => void)[] = [];
  const watcher = new Watcher(() => {
    for (const wake of waiting.splice(0)) wake();
  });
  const server = new NotificationServer();
  if (options.tray !== false) {
    bus.export('/StatusNotifierWatcher', watcher);
    await bus.requestName('org.kde.StatusNotifierWatcher', 0);
  }
  if (options.notifications !== false) {
    bus.export('/org/freedesktop/Notifications', server);
    await bus.requestName('org.freedesktop.Notifications', 0);
  }

  return {
    items: () => [...watcher.items],
    async tray() {
      if (watcher.items.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      const name = watcher.items.at(-1) ?? '';
      return trayItem(bus, name);
    },
    notifications: () => [...server.shown],
    clickNotification: (id) => server.ActionInvoked(id, 'default'),
    stop: () => bus.disconnect(),
  };
}

async function call(bus: MessageBus, fields: Partial<Message>): Promise<unknown[]> {
  const reply = await bus.call(new dbus.Message(fields));
  return (reply?.body ?? []) as unknown[];
}

function trayItem(bus: MessageBus, name: string): TrayItem {
  // Electron registers by bus name only; the path is the specification's default.
  const destination = name.startsWith('/') ? name : (name.split('/')[0] ?? name);
  const property = async (key: string): Promise<unknown> => {
    const [value] = await call(bus, {
      destination,
      path: '/StatusNotifierItem',
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: ['org.kde.StatusNotifierItem', key],
    });
    return (value as Variant).value;
  };

  const menu = async (): Promise<readonly TrayEntry[]> => {
    const path = String(await property('Menu'));
    const [, root] = await call(bus, {
      destination,
      path,
      interface: 'com.canonical.dbusmenu',
      member: 'GetLayout',
      signature: 'iias',
      body: [0, -1, []],
    });
    return entryOf(root as Layout).children;
  };

  return {
    menu,
    title: async () => String(await property('Title')),
    async click(...path) {
      let level = await menu();
      let found: TrayEntry | undefined;
      for (const label of path) {
        found = level.find((entry) => entry.label === label);
        if (!found) {
          throw new Error(
            `No tray entry “${label}”; there are: ${level.map((entry) => entry.label).join(' | ')}`,
          );
        }
        level = found.children;
      }
      if (!found) throw new Error('Which tray entry?');
      await call(bus, {
        destination,
        path: String(await property('Menu')),
        interface: 'com.canonical.dbusmenu',
        member: 'Event',
        signature: 'isvu',
        body: [found.id, 'clicked', new dbus.Variant('i', 0), 0],
      });
    },
  };
}

type Layout = readonly [id: number, properties: Record<string, Variant>, children: readonly Variant[]];

function entryOf([id, properties, children]: Layout): TrayEntry {
  const text = (key: string): string => {
    const value: unknown = properties[key]?.value;
    return typeof value === 'string' ? value : '';
  };
  return {
    id,
    // GTK menus mark access keys with underscores; a doubled one is a real underscore.
    label: text('label').replaceAll(/_(.)/g, '$1'),
    enabled: properties['enabled']?.value !== false,
    separator: text('type') === 'separator',
    children: children.map((child) => entryOf(child.value as Layout)),
  };
}
