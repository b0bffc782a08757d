// `gobuf tour` as a command: the list, the bundled runtime played straight through, and a person's way through it, back in time too.
import { describe, expect, test } from 'vitest';
import { gobuf } from './../support/processes';

describe('gobuf tour', () => {
  test('lists the tours, one for each story', async () => {
    const { stdout, status } = await gobuf(['tour']);
    expect(status).toBe(0);
    for (let story = 1; story <= 14; story++) expect(stdout).toMatch(new RegExp(`^ +${story}  \\S+ +\\S`, 'm'));
  });

  test('plays on the bundled runtime where there is no Go, and reaches every step', async () => {
    const { stdout, stderr, status } = await gobuf(['tour', 'small-runtime']);
    expect([stderr, status]).toEqual(['', 0]);
    expect(stdout).not.toContain('Not reached');
    expect(stdout.match(/^\S+ \d+\/13 /gm)).toHaveLength(13);
  });

  test('goes on, back, and takes commands in between', async () => {
    const { stdout } = await gobuf(['tour', '--steps', 'small-runtime'], { input: 'n\nstep-instruction\nb\n9\nwhen\nnonsense\n99\nq\n' });
    const text = Buffer.from(stdout, 'latin1').toString('utf8'), titles = [...text.matchAll(/━━ (\d+)\/13/g)].map((match) => match[1]);
    expect(titles).toEqual(['1', '2', '1', '9']);
    expect(text).toContain('Command failed: command not available');
    expect(text).toContain('The tour has 13 steps.');
    const moments = [...text.matchAll(/instruction ([\d ]+) {2}·|^\(tour 9\/13\) instruction (\d+),/gm)].map((match) => Number((match[1] ?? match[2] ?? '').replace(/ /g, '')));
    expect(moments[2], 'back is the moment itself').toBe(moments[0]);
    expect(moments.at(-1), 'a command sees the step\'s moment').toBe(moments.at(-2));
  });

  test.each([
    [['tour', 'nonsense'], /^gobuf: there is no tour "nonsense"; the tours are small-runtime, boot, /],
    [['tour', '/nowhere.tour.yaml'], /^gobuf: \/nowhere\.tour\.yaml cannot be read: ENOENT\.$/],
    [['tour', 'boot', '/nowhere'], /^gobuf: \/nowhere cannot be read: there is no such file\.$/],
    [['tour', 'boot', '--runtime'], /^gobuf: the tour .* is not for the bundled runtime\.$/],
    [['tour', 'boot'], /^gobuf: the go command is not here/],
  ])('%j: one sentence', async (args, message) => {
    const { status, stderr } = await gobuf(args);
    expect(status).toBe(1);
    expect(stderr.trim()).toMatch(message);
  });
});
