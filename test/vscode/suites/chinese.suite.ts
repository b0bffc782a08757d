// In Simplified Chinese: the manifest's texts, trees, pages of webviews, tours, and the debugger's sentences in them. Its errors and the runtime's own names stay English.

import assert from 'node:assert';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { activated, eachOnProgram, EXTENSION, inThemes, next, type Program } from './support';

describe('in Chinese', () => {
  let program: Program;
  eachOnProgram((made) => { program = made; });
  const HAN = /\p{Script=Han}/u;

  it('commands, views and settings', () => {
    assert.strictEqual(vscode.env.language, 'zh-cn');
    const { contributes } = vscode.extensions.getExtension(EXTENSION)!.packageJSON as { contributes: { commands: { title: string | { value: string } }[]; walkthroughs: { steps: { title: string; media: { markdown: string } }[] }[] } };
    assert.deepStrictEqual(contributes.commands.map(({ title }) => (typeof title === 'string' ? title : title.value)).filter((title) => !HAN.test(title)), []);
    for (const { title, media } of contributes.walkthroughs[0]!.steps) { assert.match(title, HAN); assert.ok(media.markdown.endsWith('.zh-cn.md') || path.basename(media.markdown).includes('zh-cn'), media.markdown); }
  });

  it('trees and pages', async () => {
    const { gobuf } = program, tls = next(gobuf.tls.onDidRender, undefined, 'the panel'), stacks = next(gobuf.stacks.onDidRender, undefined, 'the stacks');
    await program.start(['runtime.gogo']);
    for (const view of ['stacks', 'tls', 'scheduler']) await vscode.commands.executeCommand(`gobuf.${view}.focus`);
    for (const words of ['指令', '栈', '已用', '保护区']) assert.ok((await tls).includes(words), `${words} is missing in:\n${await tls}`);
    assert.match(await stacks, /gobuf 与|寄存器/);
    // What the debugger says too: why a word stands on a stack, what is under way.
    assert.match(await stacks, /由 newproc 预置/);
    assert.match(await tls, /M0 的 g0 的栈/);
    if (gobuf.tree.rows.length === 0) await next(gobuf.tree.onDidLoad, undefined, 'the tree');
    assert.deepStrictEqual(gobuf.tree.rows.map(({ label }) => HAN.test(label)), [true, true, true, true]);
    await inThemes('chinese');
  });

  it('a tour', async () => {
    const { tour } = await activated(), drawn = next(tour.onDidRender, (text) => text.includes('1 / '), 'the first step');
    await vscode.commands.executeCommand('gobuf.startTour', { tour: 'switch-out', program: 'example' });
    const text = await drawn;
    for (const words of ['G1 必须等待', 'gopark 是每个要等待的协程都要经过的那扇门', '下一步', '等待原因|它等待']) assert.match(text, new RegExp(words));
    await inThemes('chinese-tour');
    await vscode.commands.executeCommand('gobuf.tourEnd');
  });
});
