import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { nodeImage } from '../../../scripts/launch/image.mjs';

const TOKEN = 'a-token-for-tests-only';

/** A real agent of its own, for kernel tests of the gateway. Disposing it ends its labs and leaves nothing. */
export class AgentProcess implements AsyncDisposable {
  readonly url: string;
  readonly token = TOKEN;
  readonly #runDir: string;
  #child: ChildProcess | undefined;

  private constructor(runDir: string) {
    this.#runDir = runDir;
    this.url = `unix:${join(runDir, 'agent.sock')}`;
  }

  /** @param runDir a folder of its own with a short name: sockets are in it */
  static async start(runDir: string): Promise<AgentProcess> {
    const agent = new AgentProcess(runDir);
    await agent.#start();
    return agent;
  }

  /** Ends the agent alone and starts it again: labs and shells go on. */
  async restart(): Promise<void> {
    await this.#end('SIGKILL');
    await this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGINT');
  }

  async #start(): Promise<void> {
    const image = process.env.HOPLAB_TEST_IMAGE ?? (await nodeImage()).path;
    const child = spawn(process.execPath, ['--import', 'tsx', 'lab-agent/main.ts'], {
      env: {
        ...process.env,
        HOPLAB_RUN: this.#runDir,
        HOPLAB_IMAGE: image,
        HOPLAB_AGENT_LISTEN: this.url,
        HOPLAB_AGENT_TOKEN: TOKEN,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    let said = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      said += String(chunk);
      if (said.includes('listening on')) {
        child.stdout.resume();
        return;
      }
    }
    throw new Error(`the agent ended before it listened:\n${said}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
