// The bundled tours: golden transcripts on the Go that has them, every step reached on every Go version at hand, and going back is
// exact. Must stay true: transcripts change only with UPDATE_GOLDEN=1, after reading the difference.

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { toolchain, VERSIONS } from '../testing/toolchains';
import { openTour, play, readTour, story, tourNames } from './testing/play';

const GOLDEN = path.join(import.meta.dirname, 'testdata');
const go = toolchain();
const onGo = tourNames().filter((name) => readTour(name).program.example !== undefined);
const update = process.env['UPDATE_GOLDEN'] === '1';

test('there is a tour for each of the fourteen stories', () => {
  expect(onGo.map((name) => readTour(name).story).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
});

describe.skipIf(!go)('the transcript (needs the go command)', () => {
  test.each(onGo)(`of %s on ${go?.version ?? ''} is the kept one; other versions have none`, async (name) => {
    const file = path.join(GOLDEN, `${name}.${go!.version}.txt`), tour = readTour(name);
    if (!update && !fs.existsSync(file)) return expect(fs.readdirSync(GOLDEN).some((each) => each.endsWith(`.${go!.version}.txt`)), 'a transcript is missing').toBe(false);
    const { text } = await play(tour, story(tour.program.example!, go!));
    if (update) fs.writeFileSync(file, text);
    expect(text).toBe(fs.readFileSync(file, 'utf8'));
  });
});

/** The oldest, the newest, and two between at which the runtime's names changed; all of them with GOBUF_ALL_VERSIONS=1. */
const versions = process.env['GOBUF_ALL_VERSIONS'] === '1' ? VERSIONS : VERSIONS.filter((each, i) => i === 0 || i === VERSIONS.length - 1 || /^go1\.2[24]\./.test(each));

describe.each(versions)('with %s', (version) => {
  const other = toolchain(version);
  test.skipIf(!other).each(onGo)('every step of %s is reached and every value is there', async (name) => {
    const tour = readTour(name), { steps } = await play(tour, story(tour.program.example!, other!));
    for (const step of steps) {
      expect([step.title, step.problem]).toEqual([step.title, undefined]);
      expect(step.values.filter(({ failed }) => failed)).toEqual([]);
      expect(step.text).not.toMatch(/\(\{|\$[a-z]/);
      for (const { title, text } of step.blocks) expect([title, text]).not.toEqual([title, expect.stringMatching(/^Command failed|was not seen to its end|within \d+ instructions/)]);
    }
  });
});

describe.skipIf(!go)('going back (needs the go command)', () => {
  test('shows each step as it was, and goes on the same', async () => {
    const tour = readTour('switch-out'), { player, debug, dispose } = await openTour(tour, story('pingpong', go!));
    try {
      const forwards = [];
      for (let i = 0; i < player.steps.length; i++) forwards.push(await player.go(i));
      for (let i = player.steps.length - 1; i >= 0; i--) expect(await player.go(i)).toEqual(forwards[i]);
      // Moved by hand in between: the next step begins where the tour was.
      await debug.goTo(forwards[0]!.place.instruction + 1000);
      expect(await player.go(1)).toEqual(forwards[1]);
      expect(await player.go(player.steps.length - 1)).toEqual(forwards.at(-1));
    } finally { dispose(); }
  });

  test('breakpoints of the user do not stop a tour, and are left alone', async () => {
    const tour = readTour('two-stacks'), { player, debug, dispose } = await openTour(tour, story('pingpong', go!));
    try {
      const { id } = debug.setBreakpoint({ location: 'runtime.gopark' });
      for (let i = 0; i < player.steps.length; i++) expect((await player.go(i)).problem).toBeUndefined();
      expect(debug.breakpoints().filter((each) => each.id > 0).map((each) => each.id)).toEqual([id]);
    } finally { dispose(); }
  });
});
