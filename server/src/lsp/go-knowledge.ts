// Asks the go command, where the client allows it, about the packages of open files: its GOROOT and version, and what `go list` says of them.
// Must stay true: answers come later and only ever add; the standard library needs none; a folder is asked about once until its Go files change.

import type { GoCommand } from '../golang/go-list';
import { directoryOf } from '../workspace/files';
import type { Session } from './session';

export class GoKnowledge {
  private readonly asked = new Set<string>();
  private environment: Promise<void> | undefined;

  /** `changed` is told when something is known better than before. */
  constructor(private readonly session: Session, private readonly command: GoCommand | undefined, private readonly changed: () => void) {}

  /** After Go files have changed. */
  forget(): void { this.asked.clear(); }

  /** Asks about the package of an open file. */
  async look(uri: string): Promise<void> {
    const { documents, settings } = this.session;
    const path = documents.uris.toPath(uri);
    if (!this.command || !settings.tools || path === undefined || !documents.isGo(path)) return;
    const directory = directoryOf(path);
    try {
      this.environment ??= this.askEnvironment(directory, this.command);
      await this.environment;
      const { goroot } = documents.checker.options;
      const target = documents.file(uri)?.target;
      if (!target || target.assumeTags || (goroot !== undefined && path.startsWith(`${goroot}/src/`))) return;
      const key = `${target.goos}/${target.goarch} ${directory}`;
      if (this.asked.has(key)) return;
      this.asked.add(key);
      const output = await this.command.list(directory, target);
      if (output === undefined) return;
      documents.useList(target, output);
      this.changed();
    } catch (error) {
      this.session.log(`go list in ${directory}: ${(error as Error).message}`);
    }
  }

  private async askEnvironment(directory: string, command: GoCommand): Promise<void> {
    const environment = await command.environment(this.session.roots[0] ?? directory);
    if (environment && this.session.documents.useGo(environment)) this.changed();
  }
}
