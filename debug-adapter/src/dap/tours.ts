// Guided tours in an editor: a tour's text is opened on the program that is being debugged, and its steps move that program.
// Must stay true: a step is told by an event with all that is to be shown, and by a stop like any other movement.

import type { Debugger } from '../engine/debugger';
import { parseTour } from '../tours/parse';
import { TourPlayer } from '../tours/player';
import { RequestError, type Subject } from './handler';
import type { ShownStep, TourStepEvent } from './protocol';
import type { Engine, Session } from './session';
import { sentence } from './text';

const tell = (session: Session, event: TourStepEvent): void => session.wire.event('gobuf/tourStep', event);
const players = new WeakMap<Engine, TourPlayer>();

function open(session: Session, file: string, text: string): TourPlayer {
  const player = new TourPlayer(session.stopped as Debugger, parseTour(file, text), { command: async (line) => (await session.terminal?.execute(line, { frame: undefined, thread: undefined })) ?? '' });
  players.set(session.engine, player);
  return player;
}

export const tours: Subject = {
  capabilities: {},
  handlers: {
    'gobuf/tour'(session, { file, text }) {
      try {
        const { tour, steps } = open(session, file, text);
        return { title: tour.title, about: tour.about, steps: steps.map(({ title }) => title), ...(tour.story === undefined ? {} : { story: tour.story }) };
      } catch (error) { throw error instanceof RequestError ? error : new RequestError(sentence(error)); }
    },
    'gobuf/tourStep'(session, { index }, { after }) {
      const player = players.get(session.engine), engine = session.stopped;
      if (!player) throw new RequestError('No tour has been opened.');
      if (index < 0 || index >= player.steps.length) throw new RequestError(`The tour has ${player.steps.length} steps.`);
      after(() => session.move(`tour, step ${index + 1}`, async (options) => {
        let step: ShownStep;
        try { step = await player.go(index, options); } catch (error) { tell(session, { stays: sentence(error) }); throw error; }
        tell(session, { ...step, place: { ...step.place, file: session.source(engine.binaryPath(step.place.file))?.path ?? '' } });
        const { stop } = engine;
        if (!stop) throw new Error('The program has not been launched.');
        // The program's end is a place like any other here: the session goes on, so that one can go back.
        return { ...stop, reason: 'goto', breakpoints: [], description: `Tour: ${step.title}${step.ended === undefined ? '' : `: ${step.ended}`}` };
      }));
      return {};
    },
  },
};
