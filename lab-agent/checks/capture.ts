import type { Verdict } from '../contract/verdict.ts';
import { checkDns } from './dns.ts';
import { checkHttp } from './http.ts';
import { type Handlers, listen } from './listening.ts';
import { describe, fits, summary, wantedText } from './packets.ts';
import { checkPing } from './ping.ts';
import type { Runner } from './registry.ts';
import type { Parameters as ParametersOf, ResolvedCause } from './resolve.ts';
import { origin, type Round, where } from './round.ts';
import { checkTcp } from './tcp.ts';
import { firstLine, lastLine } from './text.ts';
import { unseen } from './unseen.ts';
import { broken, met, notMet, outcome } from './verdicts.ts';

/** tcpdump listens after some ten milliseconds; this much means that it never will. */
const READY_MS = 4000;
/** Once the traffic is over, what it caused arrives within this time inside one machine. */
const SETTLE_MS = 300;
const MAX_DESCRIBED = 200;

type Parameters = ParametersOf<'capture'>;

export const checkCapture: Runner<'capture'> = async (round, params, signal) => {
  const expected = `${wantedText(params)} on ${params.dev} ${where(params)}${params.traffic ? causeText(params.traffic) : ''}`;
  const missing = await round.missingPlace(params);
  if (missing) return unseen(expected, missing);
  const heard = await hear(round, params, signal);
  if ('failed' in heard) return failureVerdict(expected, params, heard.failed);
  if (heard.hits >= params.packets) return met(expected, summary(heard.fitting, params.dev));
  if (heard.caused?.verdict === 'broken') return broken(expected, `the traffic could not be sent: ${heard.caused.why}`);
  if (heard.cut !== undefined && heard.hits < params.packets) return broken(expected, heard.cut);
  const unanswered = heard.caused?.verdict === 'not-met' ? `; of the traffic: ${outcome(heard.caused)}` : '';
  const other = heard.all.find((text) => !heard.fitting.includes(text));
  return notMet(expected, summary(heard.all, params.dev) + unanswered, heard.fitting[0] ?? other);
};

type Heard = { hits: number; fitting: string[]; all: string[]; caused?: Verdict; cut?: string } | { failed: string };

/** Listens, sends the traffic once it does, and stops as soon as enough was seen or the time is over. */
function hear(round: Round, params: Parameters, signal: AbortSignal): Promise<Heard> {
  const heard: Extract<Heard, { hits: number }> = { hits: 0, fitting: [], all: [] };
  return new Promise((resolve) => {
    let listening: Disposable | undefined;
    let timer = setTimeout(() => finish({ failed: `tcpdump did not listen within ${READY_MS / 1000} s` }), READY_MS);
    let finished = false;
    const finish = (result: Heard): void => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      // `listen` may call back before it returns.
      queueMicrotask(() => listening?.[Symbol.dispose]());
      resolve(result);
    };
    const waitAtMost = (ms: number): void => {
      if (finished) return;
      clearTimeout(timer);
      timer = setTimeout(() => finish(heard), ms);
    };
    const abort = (): void => finish({ failed: 'the time for this check is over' });
    signal.addEventListener('abort', abort, { once: true });
    let listens = false;
    const handlers: Handlers = {
      packet(layers) {
        const text = describe(layers);
        if (heard.all.length < MAX_DESCRIBED) heard.all.push(text);
        if (!fits(layers, params)) return;
        heard.hits++;
        if (heard.fitting.length < MAX_DESCRIBED) heard.fitting.push(text);
        if (heard.hits >= params.packets) finish(heard);
      },
      ready() {
        listens = true;
        const until = Date.now() + params.within * 1000;
        waitAtMost(params.within * 1000);
        if (!params.traffic) return;
        sendTraffic(round, params.traffic, signal).then((verdict) => {
          heard.caused = verdict;
          waitAtMost(Math.max(0, Math.min(SETTLE_MS, until - Date.now())));
        });
      },
      end(said) {
        if (!listens) finish({ failed: said });
        else finish({ ...heard, cut: `tcpdump ended early: ${lastLine(said)}` });
      },
    };
    try {
      listening = listen(round.lab, params, handlers);
    } catch (error) {
      // The namespace has gone since its name was read.
      finish({ failed: error instanceof Error ? error.message : String(error) });
    }
  });
}

async function sendTraffic(round: Round, traffic: ResolvedCause, signal: AbortSignal): Promise<Verdict> {
  try {
    if (traffic.ping) return await checkPing(round, traffic.ping, signal);
    if (traffic.tcp) return await checkTcp(round, traffic.tcp, signal);
    if (traffic.http) return await checkHttp(round, traffic.http, signal);
    if (traffic.dns) return await checkDns(round, traffic.dns, signal);
    return broken('traffic', 'no traffic was named');
  } catch (error) {
    return broken('traffic', error instanceof Error ? error.message : String(error));
  }
}

/** An interface that is missing or down is the learner's affair; anything else keeps us from looking. */
function failureVerdict(expected: string, params: Parameters, said: string): Verdict {
  if (/No such device exists|SIOCGIFHWADDR: No such device/.test(said)) {
    return notMet(expected, `there is no interface ${params.dev} ${where(params)}`);
  }
  if (/device is not up/.test(said)) return notMet(expected, `${params.dev} ${where(params)} is down`);
  return broken(expected, firstLine(said));
}

function causeText({ ping, tcp, http, dns }: ResolvedCause): string {
  if (ping) return ` while ${origin(ping)} pings ${ping.to.says}`;
  if (tcp) return ` while ${origin(tcp)} connects to ${tcp.to.says} port ${tcp.port}`;
  if (http) return ` while ${origin(http)} asks for ${http.url.says}`;
  return dns ? ` while ${origin(dns)} asks for the name ${dns.name}` : '';
}
