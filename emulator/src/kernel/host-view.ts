// What the guest has seen of the host's read-only files, remembered so that going back in time shows the same again.
// Must stay true: each path is asked for once; a refusal is remembered too.
import type { Host, HostFiles } from '../machine-types';

type HostStat = NonNullable<ReturnType<HostFiles['stat']>>;

export class HostView {
  private readonly stats = new Map<string, HostStat | undefined>();
  private readonly contents = new Map<string, Uint8Array | undefined>();
  private readonly lists = new Map<string, string[] | undefined>();
  private readonly links = new Map<string, string | undefined>();
  constructor(private readonly host: Host) {}

  private once<T>(known: Map<string, T | undefined>, path: string, ask: () => T | undefined): T | undefined {
    if (!known.has(path)) known.set(path, ask());
    return known.get(path);
  }

  stat(path: string): HostStat | undefined { return this.once(this.stats, path, () => this.host.files?.stat(path)); }
  read(path: string): Uint8Array | undefined { return this.once(this.contents, path, () => this.host.files?.read(path)); }
  list(path: string): string[] | undefined { return this.once(this.lists, path, () => this.host.files?.list(path)?.slice().sort()); }
  readLink(path: string): string | undefined { return this.once(this.links, path, () => this.host.files?.readLink?.(path)); }
}
