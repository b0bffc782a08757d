// Which of Go's experiments are on by default for a GOOS and GOARCH, from the toolchain's own list (internal/buildcfg/exp.go): files of the
// runtime are chosen by them, and with the files the layout of its structures.
// Must stay true: the same set as the build tags that `go list` says (ToolTags), for every supported Go version.
import type { Target } from '../workspace/target';

/** Names in small letters, as they stand behind `goexperiment.` in a build constraint. */
export function defaultExperiments(expGo: string, { goos, goarch }: Pick<Target, 'goos' | 'goarch'>): Set<string> {
  // A flag's value is `true`, or a variable: one that a switch over GOARCH sets, or one that leaves out some GOOS.
  const values = new Set(['true']);
  for (const [, cases = ''] of expGo.matchAll(/switch goarch \{([\s\S]*?)\n\t\}/g)) {
    for (const [, architectures = '', body = ''] of cases.matchAll(/case ([^:]+):([\s\S]*?)(?=case|$)/g)) {
      if (architectures.includes(`"${goarch}"`)) for (const [, variable = ''] of body.matchAll(/(\w+) = true/g)) values.add(variable);
    }
  }
  for (const [, variable = '', condition = ''] of expGo.matchAll(/^\t(\w+) := \(?(goos != "\w+"(?: && goos != "\w+")*)\)?$/gm)) if (!condition.includes(`"${goos}"`)) values.add(variable);
  const baseline = /baseline\s*:?=\s*goexperiment\.Flags\{([\s\S]*?)\n\t\}/.exec(expGo)?.[1] ?? '';
  return new Set([...baseline.matchAll(/^\s*(\w+):\s*([^,\n]+),/gm)].flatMap(([, name = '', value = '']) => (values.has(value) ? [name.toLowerCase()] : [])));
}
