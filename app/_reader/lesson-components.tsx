import { LiveTopology } from '../_lab/live-topology.tsx';
import { Callout } from './callout.tsx';
import { CheckBlock } from './check-block.tsx';
import { CommandBlock } from './command-block.tsx';
import { Figure } from './figure.tsx';
import { Hint } from './hint.tsx';
import { Quiz } from './quiz.tsx';
import { Solution } from './solution.tsx';
import { Step } from './step.tsx';

/** Everything that a bundled lesson may name (app/_lessons/types.ts), given to it on the server. */
export const lessonComponents = {
  Step,
  CommandBlock,
  CheckBlock,
  Hint,
  Solution,
  Quiz,
  Callout,
  Figure,
  Topology: LiveTopology,
};
