// Go symbol names: package, receiver and base name, and Delve's rules for matching a location against them.

export interface NameParts { package: string; receiver: string; base: string; instantiated: boolean }

/** Splits a linker name as Delve does: dots inside type parameters and before the last slash do not count. */
export function splitName(name: string): NameParts {
  if (name.startsWith('go:') || name.startsWith('type:') || name.startsWith('go.') || name.startsWith('type..')) return { package: '', receiver: '', base: name, instantiated: false };
  let dot1 = -1, dot2 = -1, depth = 0, instantiated = false;
  for (let i = 0; i < name.length; i++) {
    const c = name[i];
    if (depth === 0) {
      if (c === '[') {
        depth++;
        instantiated = true;
      } else if (c === '/') {
        dot1 = -1;
        dot2 = -1;
      } else if (c === '.') {
        if (dot1 < 0) dot1 = i;
        else if (dot2 < 0) dot2 = i;
      }
    } else if (c === '[') depth++;
    else if (c === ']') depth--;
  }
  if (dot1 < 0) return { package: '', receiver: '', base: name, instantiated: false };
  if (dot2 < 0) dot2 = dot1;
  return { package: name.slice(0, dot1), receiver: dot2 > dot1 ? name.slice(dot1 + 1, dot2) : '', base: name.slice(dot2 + 1), instantiated };
}

/** `pkg.F[go.shape.int]` → `pkg.F`. */
export function withoutTypeParameters(name: string): string {
  const p = splitName(name);
  if (!p.instantiated || p.package === '') return name;
  const clear = (s: string): string => {
    const start = s.indexOf('['), end = s.lastIndexOf(']');
    return start < 0 || end < start ? s : s.slice(0, start) + s.slice(end + 1);
  };
  const receiver = clear(p.receiver), base = clear(p.base);
  return receiver === '' ? `${p.package}.${base}` : `${p.package}.${receiver}.${base}`;
}

function stripReceiver(s: string): string {
  return s.length >= 3 && s.startsWith('(*') && s.endsWith(')') ? s.slice(2, -1) : s;
}

export interface FunctionSpec { package: string; absolute: boolean; receiver: string; packageOrReceiver: string; base: string }

export function parseFunctionSpec(spec: string): FunctionSpec | undefined {
  const slash = spec.lastIndexOf('/');
  const parts = (slash < 0 ? spec : spec.slice(slash)).split('.');
  if (slash >= 0) parts[0] = spec.slice(0, slash) + parts[0]!;
  const out: FunctionSpec = { package: '', absolute: false, receiver: '', packageOrReceiver: '', base: '' };
  if (parts.length === 1) out.base = parts[0]!;
  else if (parts.length === 2) {
    out.base = parts[1]!;
    const receiver = stripReceiver(parts[0]!);
    if (receiver !== parts[0]) out.receiver = receiver;
    else if (receiver.includes('/')) out.package = receiver;
    else out.packageOrReceiver = receiver;
  } else if (parts.length === 3) {
    out.base = parts[2]!;
    out.receiver = stripReceiver(parts[1]!);
    out.package = parts[0]!;
  } else return undefined;
  if (out.package.startsWith('/')) {
    out.package = out.package.slice(1);
    out.absolute = true;
  }
  return out.base.includes('/') || out.receiver.includes('/') ? undefined : out;
}

export function matchesFunction(spec: FunctionSpec, name: string): boolean {
  if (!name.includes(spec.base)) return false;
  const p = splitName(name);
  if (spec.base !== p.base) return false;
  const receiver = stripReceiver(p.receiver);
  if (spec.receiver !== '' && spec.receiver !== receiver) return false;
  if (spec.package !== '' && !(spec.absolute ? spec.package === p.package : matchesPath(spec.package, p.package))) return false;
  return spec.packageOrReceiver === '' || matchesPath(spec.packageOrReceiver, p.package) || spec.packageOrReceiver === receiver;
}

/** `expr` is the whole path or whole elements at its end. */
export function matchesPath(expr: string, path: string): boolean {
  return expr.length < path.length - 1 ? path.endsWith(expr) && path[path.length - expr.length - 1] === '/' : expr === path;
}
