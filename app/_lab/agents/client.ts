import { request } from 'node:http';
import * as z from 'zod';
import {
  type CreateLab,
  type Hello,
  hello,
  labList,
  type OpenTerminal,
  type Preparation,
  type PrepareCluster,
  preparation,
} from '../../../lab-agent/contract/agent-api.ts';
import type { toWire } from '../../../lab-agent/contract/checks/index.ts';
import { type ErrorCode, HoplabError, HTTP_STATUS } from '../../../lab-agent/contract/errors.ts';
import { type LabDescription, type LiveState, labDescription, liveState } from '../../../lab-agent/contract/lab.ts';
import { parse } from '../../../lab-agent/contract/parse.ts';
import { type TerminalDescription, terminalDescription } from '../../../lab-agent/contract/terminal.ts';
import { type CheckResult, checkResult } from '../../../lab-agent/contract/verdict.ts';
import { CONTRACT_VERSION } from '../../../lab-agent/contract/version.ts';
import { type AgentAddress, readAgentAddress } from './address.ts';

/** A check as it travels. */
export type CheckToSend = { id: string; items: ReturnType<typeof toWire>[] };

const ANSWER_TIMEOUT_MS = 10_000;
/** A build on a busy machine; checks have time limits of their own at the agent. */
const LONG_TIMEOUT_MS = 120_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

const terminalList = z.strictObject({ terminals: z.array(terminalDescription) });
const results = z.strictObject({ results: z.array(checkResult) });
const looseHello = z.looseObject({ contract: z.int(), version: z.string().optional() });
const agentError = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().default('') }),
});

/** One agent's door, typed. Every method throws HoplabError: the agent's own, or `unavailable` when it does not answer. */
export class AgentClient {
  readonly address: AgentAddress;
  readonly token: string;

  constructor(url: string, token: string) {
    this.address = readAgentAddress(url);
    this.token = token;
  }

  /** @throws HoplabError `unsupported` when app and agent do not speak the same contract */
  async hello(): Promise<Hello> {
    const answer = await this.#ask('GET', '/v1/hello');
    const { contract, version } = parse(looseHello, answer, `hello of agent ${this.address.url}`);
    if (contract !== CONTRACT_VERSION) {
      throw new HoplabError(
        'unsupported',
        `The agent at ${this.address.url} (version ${version ?? 'unknown'}) speaks contract ${contract}, this app ${CONTRACT_VERSION}.`,
        'Bring app and agent to the same version of Hoplab and start both again.',
      );
    }
    return parse(hello, answer, `hello of agent ${this.address.url}`);
  }

  /** Begins to make ready what labs with this cluster need, or says how far it is. */
  async prepareCluster({ name, topology }: PrepareCluster): Promise<Preparation> {
    return this.#parse(preparation, await this.#ask('POST', '/v1/clusters', { name, topology }));
  }

  async labs(): Promise<LabDescription[]> {
    return this.#parse(labList, await this.#ask('GET', '/v1/labs')).labs;
  }

  /** Returns when the lab is ready. */
  async createLab(body: CreateLab): Promise<LabDescription> {
    return this.#parse(labDescription, await this.#ask('POST', '/v1/labs', body, LONG_TIMEOUT_MS));
  }

  async lab(id: string): Promise<LabDescription> {
    return this.#parse(labDescription, await this.#ask('GET', `/v1/labs/${id}`));
  }

  async state(id: string): Promise<LiveState> {
    return this.#parse(liveState, await this.#ask('GET', `/v1/labs/${id}/state`));
  }

  async reset(id: string): Promise<LabDescription> {
    return this.#parse(labDescription, await this.#ask('POST', `/v1/labs/${id}/reset`, {}, LONG_TIMEOUT_MS));
  }

  async extend(id: string): Promise<LabDescription> {
    return this.#parse(labDescription, await this.#ask('POST', `/v1/labs/${id}/extend`, {}));
  }

  async destroy(id: string): Promise<void> {
    await this.#ask('DELETE', `/v1/labs/${id}`, undefined, LONG_TIMEOUT_MS);
  }

  async runChecks(id: string, checks: CheckToSend[]): Promise<CheckResult[]> {
    const answer = await this.#ask('POST', `/v1/labs/${id}/checks`, { checks, cause: 'button' }, LONG_TIMEOUT_MS);
    return this.#parse(results, answer).results;
  }

  async terminals(id: string): Promise<TerminalDescription[]> {
    return this.#parse(terminalList, await this.#ask('GET', `/v1/labs/${id}/terminals`)).terminals;
  }

  async openTerminal(id: string, body: OpenTerminal): Promise<TerminalDescription> {
    return this.#parse(terminalDescription, await this.#ask('POST', `/v1/labs/${id}/terminals`, body));
  }

  async closeTerminal(id: string, terminal: string): Promise<void> {
    await this.#ask('DELETE', `/v1/labs/${id}/terminals/${encodeURIComponent(terminal)}`);
  }

  #parse<S extends z.ZodType>(schema: S, answer: unknown): z.output<S> {
    return parse(schema, answer, `answer of agent ${this.address.url}`);
  }

  #ask(method: string, path: string, body?: unknown, timeoutMs = ANSWER_TIMEOUT_MS): Promise<unknown> {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(silent(this.address.url, error));
      const outgoing = request({
        ...this.address.connect,
        method,
        path,
        timeout: timeoutMs,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(sent ? { 'content-type': 'application/json', 'content-length': sent.length } : {}),
        },
      });
      outgoing.on('error', fail);
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
      outgoing.on('response', (answer) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) outgoing.destroy(new Error('an answer that is too long'));
          else chunks.push(chunk);
        });
        answer.on('error', fail);
        answer.on('end', () => {
          try {
            resolve(readAnswer(answer.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')));
          } catch (error) {
            reject(error);
          }
        });
      });
      outgoing.end(sent);
    });
  }
}

function readAnswer(status: number, text: string): unknown {
  if (status === 204) return undefined;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new HoplabError('unavailable', `The lab agent answered ${status} without JSON.`, 'Look at its log.', {
      cause,
    });
  }
  if (status < 400) return answer;
  const { error } = parse(agentError, answer, 'error of the agent');
  const code = error.code in HTTP_STATUS ? (error.code as ErrorCode) : 'internal';
  throw new HoplabError(code, error.message, error.hint);
}

/** The agent could not be reached at all. */
export function silent(url: string, cause: Error): HoplabError {
  const hint = 'It may be starting again: labs and shells go on meanwhile. If not, start Hoplab again.';
  return new HoplabError('unavailable', `The lab agent at ${url} does not answer (${cause.message}).`, hint, { cause });
}
