import type { WebSocket } from 'ws';
import { type CheckWatch, watchChecks } from '../checks/watch.ts';
import { watchState } from '../checks/watch-state.ts';
import { type WatchEvent, watchRequest } from '../contract/agent-api.ts';
import { parse } from '../contract/parse.ts';
import type { LabKeeper } from '../lab/keeper.ts';
import type { GoneReason, Lab } from '../lab/lab.ts';
import type { RunningLab } from '../providers/provider.ts';
import { asTold } from './http.ts';
import { Rounds } from './rounds.ts';

/** More than this waiting to be sent, and pictures are left out until it has drained; verdicts never are. */
const STATE_BACKLOG_BYTES = 256 * 1024;
/** A watcher that takes nothing any more is let go. */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;

/** One watcher of one lab: verdicts of the checks it names, the live state, and what becomes of the lab. */
export class WatchSocket {
  readonly #socket: WebSocket;
  readonly #lab: Lab;
  readonly #keeper: LabKeeper;
  readonly #counted: Disposable;
  #checks: CheckWatch | undefined;
  #state: Disposable | undefined;
  #wantsState = false;
  readonly #rounds: Rounds;
  #watched: Parameters<CheckWatch['setChecks']>[0] = [];

  constructor(socket: WebSocket, lab: Lab, keeper: LabKeeper, log: (text: string) => void) {
    this.#socket = socket;
    this.#lab = lab;
    this.#keeper = keeper;
    this.#counted = lab.watchedBy();
    this.#rounds = new Rounds((error) => asTold(error, log));
    lab.on('changed', this.#changed).on('fresh', this.#follow).on('warning', this.#send).on('gone', this.#gone);
    socket.on('close', () => this.#end());
    socket.on('error', () => socket.terminate());
    socket.on('message', (data, binary) => {
      try {
        this.#take(binary ? '' : data.toString());
      } catch (error) {
        const { code, message } = asTold(error, log);
        socket.close(code === 'invalid-input' ? 1008 : 1011, message.slice(0, 120));
      }
    });
    this.#tell();
    if (lab.phase !== 'building') this.#follow(lab.running);
  }

  /** The prompt came back in a terminal of this node. */
  promptReturned(node: string): void {
    this.#checks?.promptReturned(node);
  }

  #take(text: string): void {
    const request = parse(watchRequest, JSON.parse(text), 'a message to /watch');
    if (request.type !== 'watch') this.#lab.touch();
    switch (request.type) {
      case 'watch':
        this.#watched = request.checks;
        this.#rounds.ask('watch', async () => this.#checks?.setChecks(this.#watched));
        break;
      case 'run':
        // Its results come by onResults like all others.
        this.#rounds.ask(JSON.stringify(request), async () => {
          await this.#lab.thaw();
          await this.#checks?.run(request.checks, request.cause);
        });
        break;
      case 'state':
        if (this.#wantsState === request.on) break;
        this.#wantsState = request.on;
        this.#followState();
        break;
      case 'active':
        break;
    }
  }

  #follow = (running: RunningLab): void => {
    this.#checks?.[Symbol.dispose]();
    this.#checks = watchChecks(running, this.#watched, {
      onResults: (results) => this.#send({ type: 'results', results }),
    });
    this.#followState();
  };

  #followState(): void {
    this.#state?.[Symbol.dispose]();
    this.#state = undefined;
    if (!this.#wantsState || this.#lab.phase === 'building' || this.#lab.phase === 'closing') return;
    this.#state = watchState(this.#lab.running, (state) => {
      if (this.#socket.bufferedAmount < STATE_BACKLOG_BYTES) this.#send({ type: 'state', state });
    });
  }

  #tell = (): void => this.#send({ type: 'lab', lab: this.#keeper.describe(this.#lab) });

  #send = (event: WatchEvent): void => {
    if (this.#socket.bufferedAmount > MAX_BACKLOG_BYTES) this.#socket.terminate();
    else if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(event));
  };

  #gone = (reason: GoneReason): void => {
    this.#send({ type: 'gone', reason });
    this.#socket.close(1000, 'the lab has ended');
  };

  /** While a lab is rebuilt or ends there is nothing to look at. */
  #changed = (): void => {
    if (this.#lab.phase === 'building' || this.#lab.phase === 'closing') this.#lookNoMore();
    this.#tell();
  };

  #lookNoMore(): void {
    this.#checks?.[Symbol.dispose]();
    this.#checks = undefined;
    this.#state?.[Symbol.dispose]();
    this.#state = undefined;
  }

  #end(): void {
    this.#lab
      .off('changed', this.#changed)
      .off('fresh', this.#follow)
      .off('warning', this.#send)
      .off('gone', this.#gone);
    this.#rounds[Symbol.dispose]();
    this.#lookNoMore();
    this.#counted[Symbol.dispose]();
  }
}
