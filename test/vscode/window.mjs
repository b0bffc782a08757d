// One run of a real VS Code: its server and a headless Chromium on a workspace, a suite inside the extension host, results by a file or the page.
// Must stay true: nothing outside 127.0.0.1 is reached (what is tried is told), a run that gives no result is a failure that says why and in which test, and nothing is left behind.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { atEnd, endGroup } from './endings.mjs';

const TIME_LIMIT_MS = 900_000, START_LIMIT_MS = 120_000;
/** How many are started, if they die before they have opened a page. */
const BROWSERS = 3;
/** For what is about to be drawn. */
const WAIT_MS = 30_000;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** An extension without anything in it: what VS Code "develops" while the suites look at the packaged one. */
export function emptyExtension(folder) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'harness', publisher: 'gobuf-test', version: '0.0.1', engines: { vscode: '^1.91.0' }, contributes: {} }));
  return folder;
}

/**
 * A page that is made ready by `prepare`, in a browser of its own. A browser that dies before that is told of and another one started:
 * VS Code is not in it yet. Playwright says such a death by an exception that nobody can catch where it is thrown.
 */
async function openPage(chromium, executablePath, ending, prepare) {
  for (let tries = 1; ; tries++) {
    let thrown;
    const uncaught = new Promise((_resolve, reject) => { thrown = reject; });
    process.on('uncaughtException', thrown);
    try {
      const browser = await Promise.race([uncaught, chromium.launch({ executablePath, headless: true, args: FLAGS, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false })]);
      ending(() => browser.close());
      const ready = (async () => {
        const page = await (await browser.newContext({ viewport: { width: 1500, height: 950 } })).newPage();
        await prepare(page);
        return page;
      })();
      return await Promise.race([uncaught, ready]);
    } catch (error) {
      if (tries === BROWSERS) throw new Error(`No browser lived long enough to open a page, ${BROWSERS} in a row; the last said: ${error.message}`, { cause: error });
      console.log(`    (a browser died before it had opened a page, another is started: ${error.message.split('\n')[0]})`);
    } finally {
      process.off('uncaughtException', thrown);
    }
  }
}

/**
 * `developed`: the extension in development; `vsix`: installed first; `web`: in the browser's extension host, whose results come through the page.
 * `language`: of the user interface, for extensions. Resolves with the suite's text, its status and what went wrong with the window itself.
 */
export async function runInVSCode(options) {
  const endings = [];
  try { return await inWindow(options, (end) => { endings.unshift(atEnd(end)); }); } finally { for (const end of endings) await end(); }
}

async function inWindow({ host, workspace, suites, settings, developed, vsix, web = false, trust = false, language, env = {}, shots, logs }, ending) {
  const { chromium } = await import(pathToFileURL(createRequire(path.join(host.modules, 'x.js')).resolve('playwright-core')).href).then((module) => module.default ?? module);
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-vscode-'));
  ending(() => fs.rmSync(temporary, { recursive: true, force: true }));
  const data = path.join(temporary, 'data'), results = path.join(temporary, 'results.txt'), asks = path.join(temporary, 'asks');
  fs.mkdirSync(path.join(data, 'data/User'), { recursive: true });
  fs.mkdirSync(asks);
  fs.writeFileSync(path.join(data, 'data/User/settings.json'), JSON.stringify(settings));
  const environment = { ...process.env, ...env, GOBUF_TEST_RESULTS: results, GOBUF_TEST_ASKS: asks, GOBUF_TEST_SHOTS: shots ? '1' : '', EXTENSIONS_GALLERY: '{"serviceUrl":"","itemUrl":"","resourceUrlTemplate":"","controlUrl":""}' }; // no look-ups in a marketplace
  const common = [host.server, '--accept-server-license-terms', '--server-data-dir', data];
  if (vsix) {
    const installed = spawnSync(host.node, [...common, '--install-extension', vsix], { env: environment, encoding: 'utf8', timeout: START_LIMIT_MS });
    if (installed.status !== 0 || !/successfully installed/.test(installed.stdout)) throw new Error(`VS Code did not install ${path.basename(vsix)}:\n${installed.stdout}${installed.stderr}`);
  }
  const server = spawn(host.node, [
    ...common, '--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--telemetry-level', 'off', ...(trust ? [] : ['--disable-workspace-trust']),
    '--enable-smoke-test-driver', // without it a built VS Code ignores extensionTestsPath and says nothing
  ], { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  ending(() => endGroup(server));
  let log = '';
  server.stderr.on('data', (chunk) => { log += chunk; });
  const port = await new Promise((resolve, reject) => {
    server.stdout.on('data', (chunk) => { log += chunk; const match = /listening on (\d+)/.exec(log); if (match) resolve(match[1]); });
    setTimeout(() => reject(new Error(`VS Code's server did not listen within ${START_LIMIT_MS / 1000} s\n${log}`)), START_LIMIT_MS).unref();
    server.on('exit', (code) => reject(new Error(`VS Code's server ended with status ${code}\n${log}`)));
  });

  const base = `http://127.0.0.1:${port}`, uri = (file) => `vscode-remote://127.0.0.1:${port}${file}`;
  const payload = [['extensionDevelopmentPath', uri(developed)], ['extensionTestsPath', uri(suites)], ['skipWelcome', 'true'], ['skipReleaseNotes', 'true'], ...(web ? [['extensionDevelopmentKind', 'web']] : [])];
  const lines = [];
  let ended;
  const status = new Promise((resolve) => { ended = resolve; });
  const page = await openPage(chromium, host.chromium, ending, async (opened) => {
    // Extensions are told the workbench's language, which is English where no language pack is: this tells another one.
    if (language) await opened.addInitScript((value) => { Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', { get: () => value, set() { /* stays */ } }); }, language);
    await opened.exposeFunction('codeAutomationLog', (type, args) => { lines.push(`[${type}] ${args.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(' ')}`); });
    await opened.exposeFunction('codeAutomationExit', (code) => ended(code));
  });
  const sockets = new Map();
  page.on('websocket', (socket) => {
    const name = new URL(socket.url()).searchParams.get('reconnectionToken')?.slice(0, 4) ?? socket.url(), facts = { name, since: Date.now(), heard: 0, open: true };
    sockets.set(socket, facts);
    socket.on('framereceived', () => { facts.heard = Date.now(); });
    socket.on('close', () => { facts.open = false; });
  });
  const outside = new Set();
  await page.context().route((url) => url.hostname !== '127.0.0.1', (route) => { outside.add(new URL(route.request().url()).hostname); return route.abort(); });

  const picture = async (name) => {
    fs.mkdirSync(shots, { recursive: true });
    await page.waitForTimeout(600); // what fades in is there then; only pictures wait like this, never a test
    await page.screenshot({ path: path.join(shots, `${name}.png`) });
  };
  /** Answers the input that VS Code shows, as a person would; what stood in it before. */
  const answerInput = async (text) => {
    const input = page.locator('.quick-input-widget:visible .quick-input-box input');
    await input.waitFor();
    const before = await input.inputValue();
    if (text !== '') await input.fill(text);
    await input.press('Enter');
    return before;
  };
  /** Drags the timeline that is shown, `content` frames of it, at each of three zooms: milliseconds of drawing and from frame to frame, sorted. */
  const pan = async (content) => {
    for (const frame of page.frames()) {
      const canvas = await frame.$('canvas[role=application]').catch(() => null);
      if (!canvas || !await canvas.isVisible()) continue;
      return JSON.stringify(await canvas.evaluate(async (target, frames) => {
        const wheel = (more) => target.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, clientX: 600, ...more }));
        const next = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
        const drawing = [], between = [];
        for (const zoom of [0, -4000, -4000]) {
          if (zoom !== 0) wheel({ ctrlKey: true, deltaY: zoom });
          await next();
          for (let i = 0, last; i < frames; i++) {
            let began;
            requestAnimationFrame(() => { began = performance.now(); });
            wheel({ shiftKey: true, deltaX: i < frames / 2 ? 40 : -40 });
            await next();
            drawing.push(performance.now() - began);
            if (last !== undefined) between.push(began - last);
            last = began;
          }
        }
        const sorted = (values) => values.sort((a, b) => a - b);
        return { drawing: sorted(drawing), between: sorted(between) };
      }, Number(content)));
    }
    return '{}';
  };
  /** Rests the mouse on a word of the editor, with `LINE » WORD` on a line with that text, until a hover comes (what scrolls under the mouse takes one away); its text. A stopped debugger's takes the language's place. */
  const hover = async (content) => {
    const [word, line] = content.split(' » ').reverse(), lines = page.locator('.editor-instance .view-line');
    // Spaces of the editor are no-break spaces.
    const within = line === undefined ? page.locator('.editor-instance .view-lines') : lines.filter({ hasText: new RegExp(line.replace(/[^\w\s]/g, '\\$&').replace(/\s+/g, '\\s+')) });
    const target = within.getByText(word, { exact: true }).first(), found = page.locator('.monaco-hover .hover-contents >> visible=true').filter({ hasNotText: 'Loading...' }).or(page.locator('.debug-hover-widget >> visible=true')).first();
    await page.mouse.move(5, 5);
    await found.waitFor({ state: 'hidden' }); // what an earlier hover showed
    for (let tries = 0; ; tries++) {
      // VS Code ignores a mouse that comes back to the very column it had left.
      const { width } = await target.boundingBox() ?? { width: 4 };
      await target.hover({ position: { x: tries % 2 === 0 ? width / 2 : 2, y: 8 } });
      try { await found.waitFor({ timeout: 3000 }); return await found.innerText(); } catch (error) { if (tries === 8) throw error; }
      await page.mouse.move(5, 5);
    }
  };
  /** What a CSS selector finds in the window or in a webview, once it is to be seen. */
  const shown = async (selector) => {
    for (const until = Date.now() + WAIT_MS; Date.now() < until; await page.waitForTimeout(100)) for (const frame of page.frames()) {
      const target = await frame.$(`${selector} >> visible=true`).catch(() => null);
      if (target) return target;
    }
    throw new Error(`nothing shows ${selector}`);
  };
  /** Its text. */
  const textOf = async (selector) => (await shown(selector)).innerText();
  /** Right-clicks it; the lines of the menu that VS Code shows. With `SELECTOR » LINE` that line is chosen. */
  const menu = async (content) => {
    const [selector, line] = content.split(' » '), target = await shown(selector);
    await target.scrollIntoViewIfNeeded();
    await target.click({ button: 'right' });
    const lines = page.locator('.monaco-menu >> visible=true').first();
    await lines.waitFor();
    const text = await lines.innerText();
    // A menu that has just opened takes no clicks yet, but keys.
    if (line) await lines.getByText(line, { exact: true }).hover();
    await page.keyboard.press(line ? 'Enter' : 'Escape');
    return text;
  };
  /** Does with it what a person would, at a place in it: click, press keys, type, turn the wheel, drag from there to another place. */
  const act = async (content) => {
    const { selector, at, keys = [], text, wheel, to, held = [] } = JSON.parse(content), target = await shown(selector);
    if (at) {
      const box = await target.boundingBox();
      await page.mouse.move(box.x + at[0], box.y + at[1]);
      for (const key of held) await page.keyboard.down(key);
      if (wheel) await page.mouse.wheel(wheel[0], wheel[1]);
      if (to) { await page.mouse.down(); await page.mouse.move(box.x + (at[0] + to[0]) / 2, box.y + to[1]); await page.mouse.move(box.x + to[0], box.y + to[1]); await page.mouse.up(); }
      for (const key of held) await page.keyboard.up(key);
    } else if (text !== undefined) await target.fill(text);
    else if (keys.length === 0) await target.click();
    for (const key of keys) await target.press(key);
  };
  /** What can be said of the window when a test has failed: whether it still draws, what it shows a person, its connections and its last words. */
  const state = async (title) => {
    const asked = page.evaluate(async () => {
      const texts = (selector) => [...document.querySelectorAll(selector)].map((each) => each.innerText.replace(/\s+/g, ' ').trim()).filter(Boolean).slice(0, 6);
      const frame = await Promise.race([new Promise((resolve) => { requestAnimationFrame(() => resolve('frames are drawn')); }), new Promise((resolve) => { setTimeout(() => resolve('NO FRAME is drawn within 3 s'), 3000); })]);
      const idle = await Promise.race([new Promise((resolve) => { requestIdleCallback(() => resolve('it is idle at times')); }), new Promise((resolve) => { setTimeout(() => resolve('it is NEVER IDLE within 3 s'), 3000); })]);
      return [frame, idle, `visibility ${document.visibilityState}, focus ${document.hasFocus()}`, ...['.monaco-dialog-box', '.notification-toast', '.quick-input-widget', '.statusbar-item.remote-kind', '.tab.active', '.debug-toolbar'].map((selector) => `${selector}: ${texts(selector).join(' / ')}`)];
    });
    const said = await Promise.race([asked, new Promise((resolve) => { setTimeout(() => resolve(['the page does NOT ANSWER within 10 s']), 10_000).unref(); })]).catch((error) => [`the page cannot be asked: ${error.message}`]);
    const ago = (time) => (time === 0 ? 'never' : `${((Date.now() - time) / 1000).toFixed(1)} s ago`);
    const connections = [...sockets.values()].map((each) => `connection ${each.name}: ${each.open ? 'open' : 'CLOSED'}, made ${ago(each.since)}, heard ${ago(each.heard)}`);
    console.log([`    (the window after the failure of "${title}":`, ...[...said, ...connections, ...lines.slice(-12).map((line) => line.slice(0, 400))].map((line) => `       ${line}`), '    )'].join('\n'));
  };
  const answers = { act: (_name, content) => act(content), menu: (_name, content) => menu(content), text: (_name, content) => textOf(content), picture: (name) => picture(name), input: (_name, content) => answerInput(content), pan: (_name, content) => pan(content), hover: (_name, content) => hover(content), failed: (_name, content) => state(content) };
  /** A suite asks by a file, NAME.picture, NAME.input (whose content is typed), NAME.hover, NAME.text, NAME.menu, NAME.act, NAME.pan or (not waiting for it) NAME.failed, and goes on when NAME.done is there, with the answer in it. */
  const watcher = fs.watch(asks, (_event, file) => {
    const [, name, kind] = /^(.*)\.(picture|input|pan|hover|text|menu|act|failed)$/.exec(file ?? '') ?? [];
    if (!name || !fs.existsSync(path.join(asks, file))) return;
    const content = fs.readFileSync(path.join(asks, file), 'utf8');
    fs.rmSync(path.join(asks, file));
    void answers[kind](name, content).catch((error) => `\0${error.message}`).then((answer = '') => {
      fs.writeFileSync(path.join(asks, `${name}.writing`), answer);
      fs.renameSync(path.join(asks, `${name}.writing`), path.join(asks, `${name}.done`));
    });
  });
  ending(() => watcher.close());
  /** The test that goes on. */
  const at = () => { const now = web ? lines.flatMap((line) => /gobuf-now: (.*?)"?$/s.exec(line)?.[1] ?? []).at(-1) : fs.existsSync(`${results}.now`) ? fs.readFileSync(`${results}.now`, 'utf8') : undefined; return now ? `in the test "${now}"` : 'before the first test'; };
  let trouble;
  const timer = setTimeout(() => { trouble = `no result within ${TIME_LIMIT_MS / 1000} s, ${at()}`; ended(124); }, TIME_LIMIT_MS);
  ending(() => clearTimeout(timer));
  page.on('crash', () => { trouble = `the page crashed ${at()}`; ended(125); });
  const broken = (error) => { trouble ??= `the browser's connection broke ${at()}: ${error.message}`; ended(129); };
  process.on('uncaughtException', broken);
  ending(() => process.off('uncaughtException', broken));
  page.on('close', () => { trouble = `the browser ended ${at()}`; ended(128); });
  server.removeAllListeners('exit');
  server.on('exit', () => { trouble = `VS Code's server ended ${at()}`; ended(126); });
  page.goto(`${base}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`).catch((error) => { trouble ??= error.message; ended(127); });
  const code = await status;
  if (web && shots) await picture(code === 0 ? 'web' : 'web-failed');
  // In the browser there is no file to write to: the suite's lines carry a mark of their own in the page's log.
  const out = web ? lines.flatMap((line) => /gobuf-result: (.*?)"?$/s.exec(line)?.[1] ?? []).join('\n') : fs.existsSync(results) ? fs.readFileSync(results, 'utf8') : '';
  if (!out || trouble) trouble = `${trouble ?? 'the suite said nothing'}\n${lines.slice(-40).join('\n')}`;
  if (logs) {
    fs.mkdirSync(logs, { recursive: true });
    fs.writeFileSync(path.join(logs, 'console.log'), lines.join('\n'));
    fs.writeFileSync(path.join(logs, 'server.log'), log);
    if (fs.existsSync(path.join(data, 'data/logs'))) fs.cpSync(path.join(data, 'data/logs'), path.join(logs, 'remote'), { recursive: true });
  }
  server.removeAllListeners('exit');
  page.removeAllListeners('close');
  return { out, status: code, trouble, outside: [...outside] };
}
