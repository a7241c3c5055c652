import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../lab-agent/contract/parse.ts';
import { Problems } from './problems.ts';
import { readLesson } from './read-lesson.ts';

const FRONT = `---
title: Cables
summary: One cable.
minutes: 5
topology: one-machine
objectives: [Know a cable]
---
`;

/** Everything that is wrong with a lesson, as its author reads it. */
function wrongWith(text: string, front = FRONT): string {
  const problems = new Problems('lesson.mdx');
  readLesson(front + text, problems);
  return problems
    .sorted()
    .map((problem) => formatProblem('lesson.mdx', problem))
    .join('\n');
}

function read(text: string) {
  const problems = new Problems('lesson.mdx');
  const lesson = readLesson(FRONT + text, problems);
  problems.throwIfAny();
  return lesson;
}

describe('checks', () => {
  const check = (body: string) => `## Veth {#veth}\n\n\`\`\`check red\n${body}\n\`\`\`\n`;

  test('a slip in a kind, a parameter or a value names what would have been right, at its own line', () => {
    expect(wrongWith(check('adress: { node: k8s-m, dev: veth1, is: 11.11.11.2/24 }'))).toMatchInlineSnapshot(
      `"lesson.mdx:11:1: check red: adress: there is no check of kind "adress"; did you mean "address"?"`,
    );
    expect(wrongWith(check('address:\n  node: k8s-m\n  device: veth1\n  is: 11.11.11.2'))).toMatchInlineSnapshot(`
      "lesson.mdx:11:1: check red: address.dev: is missing
      lesson.mdx:13:3: check red: address.device: unknown key "device"; known here: node, netns, pod, dev, is
      lesson.mdx:14:3: check red: address.is: an address with its prefix length, like 11.11.11.2/24, is wanted, got "11.11.11.2""
    `);
    expect(wrongWith(check('ping: { node: k8s-m, to: router }\nmis: no'))).toMatchInlineSnapshot(`
      "lesson.mdx:11:22: check red: ping.to: an IP address like 11.11.11.2, or a name like pod/pod2, node/k8s-w1 or service/web is wanted, got "router"
      lesson.mdx:12:1: check red: mis: there is no check of kind "mis"; did you mean "miss"?"
    `);
  });

  test('every item of a list is told of, and two kinds in one item are refused', () => {
    const items =
      '- ping: { node: k8s-m, to: 10.0.0.1, cuont: 2 }\n- route: {}\n- ping: { node: a, to: 1.1.1.1 }\n  tcp: { node: a, to: 1.1.1.1, port: 1 }';
    expect(wrongWith(check(items))).toMatchInlineSnapshot(`
      "lesson.mdx:11:38: check red: ping.cuont: unknown key "cuont"; did you mean "count"?
      lesson.mdx:12:3: check red: route.to: is missing
      lesson.mdx:12:3: check red: route: a place is wanted: \`node: k8s-m\` or \`pod: default/pod1\`
      lesson.mdx:13:3: check red: one kind per item, found ping and tcp; write a list"
    `);
  });

  test('a place is a node or a pod, and an address may be a name', () => {
    const items = [
      '- ping: { pod: pod1, to: pod/pod2 }',
      '- ping: { node: k8s-m, pod: pod1, to: pods/pod2 }',
      '- route: { pod: pod1, netns: RED, to: service/shop/web, via: pod/Pod2 }',
      '- http: { pod: pod1, url: http://service/web/ }',
      '- http: { pod: pod1, url: "http://service/shop/web:80/x" }',
      '- http: { node: k8s-m, url: pod/pod2 }',
    ].join('\n');
    expect(wrongWith(check(items))).toMatchInlineSnapshot(`
      "lesson.mdx:12:3: check red: ping: \`node\` and \`pod\` are two places: give one of them
      lesson.mdx:12:35: check red: ping.to: an IP address like 11.11.11.2, or a name like pod/pod2, node/k8s-w1 or service/web is wanted, got "pods/pod2"
      lesson.mdx:13:3: check red: route: \`netns\` goes with \`node\`: a pod has a namespace of its own
      lesson.mdx:13:57: check red: route.via: an IP address like 11.11.11.2, or a name like pod/pod2, node/k8s-w1 or service/web is wanted, got "pod/Pod2"
      lesson.mdx:14:22: check red: http.url: a name in a URL is followed by its port: http://service/web:80/, got "http://service/web/"
      lesson.mdx:16:24: check red: http.url: a URL like http://10.96.0.1/, or with a name and its port like http://service/web:80/ is wanted, got "pod/pod2""
    `);
  });

  test('kinds that look into a cluster say what goes together', () => {
    const items = [
      '- object: { resource: pod, name: pod1 }',
      '- object: { resource: pods, path: /api/v1/pods }',
      '- object: { path: /readyz }',
      '- object: { resource: pods, name: pod1, count: 2 }',
      '- object: { resource: pods, where: { status..ip: x, spec.nodeName: "^(" } }',
      '- object: { resource: ippools, name: a, where: { spec.ipipMode: Always } }',
      '- bgp: { node: k8s-m }',
      '- bgp: { node: k8s-m, peer: node/k8s-w1, state: Idle, route: 10.0.0.0/8 }',
      '- chain: { node: k8s-m, chain: KUBE-SVC-* }',
      '- ipset: { pod: pod1, name: "a b", entry: pod/UP }',
      '- ippool: { ipipMode: On }',
      '- traffic: { from: pod1, to: pod/pod2 }',
      '- traffic: { from: pod/pod1, to: pod/pod2, is: denied }',
      '- traffic: { from: pod/pod1, to: pod/pod2, is: denied, baseline: {} }',
      '- traffic: { from: service/web, to: pod/pod2, proto: icmp, port: 80, baseline: { from: pod/pod3 } }',
      '- service: { name: web, from: node/k8s-m, sourceSeen: [10.0.0.1, k8s-m] }',
    ].join('\n');
    expect(wrongWith(check(items))).toMatchInlineSnapshot(`
      "lesson.mdx:11:13: check red: object.resource: a resource in the plural is wanted, one of pods, services, endpoints, configmaps, secrets, serviceaccounts, events, nodes, namespaces, deployments, daemonsets, replicasets, statefulsets, jobs, endpointslices, networkpolicies, ingresses, ippools, ipamblocks, blockaffinities, ipamhandles, ipreservations, bgppeers, bgpconfigurations, bgpfilters, felixconfigurations, globalnetworkpolicies, globalnetworksets, hostendpoints, clusterinformations, networksets; any other by its \`path\`, got "pod"
      lesson.mdx:12:3: check red: object: give one of \`resource\` and \`path\`
      lesson.mdx:13:13: check red: object.path: a path like /api/v1/namespaces/default/pods/pod1 is wanted, got "/readyz"
      lesson.mdx:14:3: check red: object: \`labels\` and \`count\` are of lists: leave the name out
      lesson.mdx:15:38: check red: object.where.status..ip: a field like status.podIP is wanted; a dot within a key is written \\., got "status..ip"
      lesson.mdx:15:53: check red: object.where.spec.nodeName: not a valid regular expression, got "^("
      lesson.mdx:17:3: check red: bgp: give \`peer\`, \`route\` or both
      lesson.mdx:18:3: check red: bgp: a route comes by an established session: leave \`state\` out, or \`route\`
      lesson.mdx:19:3: check red: chain: give \`matches\`, \`comment\` or both
      lesson.mdx:20:23: check red: ipset.name: the name of a set like cali40masq-ipam-pools is wanted, got "a b"
      lesson.mdx:20:36: check red: ipset.entry: an entry like 172.16.0.0/16, 10.0.0.1,tcp:80 or pod/pod1 is wanted, got "pod/UP"
      lesson.mdx:21:13: check red: ippool.ipipMode: Invalid option: expected one of "Always"|"CrossSubnet"|"Never", got "On"
      lesson.mdx:22:14: check red: traffic.from: a place like pod/pod1 or node/k8s-m is wanted, got "pod1"
      lesson.mdx:23:3: check red: traffic.baseline: \`is: denied\` needs a \`baseline\`: the same with one thing changed, which is allowed now
      lesson.mdx:24:56: check red: traffic.baseline: say what differs: \`from\`, \`to\`, \`port\` or \`proto\`
      lesson.mdx:25:14: check red: traffic.from: a place like pod/pod1 or node/k8s-m is wanted, got "service/web"
      lesson.mdx:25:60: check red: traffic.port: icmp has no ports
      lesson.mdx:25:70: check red: traffic.baseline: \`baseline\` goes with \`is: denied\` only
      lesson.mdx:26:43: check red: service.sourceSeen: an IP address like 11.11.11.2, a name like pod/pod2 or node/k8s-w1, or a list of them is wanted"
    `);
  });

  test('text that is no YAML, or says nothing, is told at its line', () => {
    expect(wrongWith(check('ping: { node: k8s-m,\n  to: 10.0.0.1'))).toMatchInlineSnapshot(
      `"lesson.mdx:12:15: check red: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }"`,
    );
    expect(wrongWith(check(''))).toMatchInlineSnapshot(
      `"lesson.mdx:10:1: check red: this check says nothing: write a kind with its parameters, e.g. \`ping: { node: k8s-m, to: 11.11.11.3 }\`"`,
    );
    expect(wrongWith(check('just words'))).toMatchInlineSnapshot(
      `"lesson.mdx:11:1: check red: a kind with its parameters is wanted: \`ping: { node: k8s-m, to: 11.11.11.3 }\`"`,
    );
  });

  test('`not` without a baseline is refused', () => {
    expect(wrongWith(check('ping: { node: k8s-m, to: 10.0.0.1 }\nnot: true'))).toMatchInlineSnapshot(
      `"lesson.mdx:11:1: check red: baseline: \`not: true\` needs a \`baseline\`: a check that is met now and proves that the opposite could be seen"`,
    );
  });

  test('words, misses and guards stand beside their items', () => {
    const body =
      '- ping: { node: k8s-m, to: 10.0.0.1 }\n  says: the first answers\n  keep: true\n- ping: { node: k8s-m, to: 10.0.0.2 }\n  keep: true\n  miss: Ask the second.';
    const [step] = read(check(body)).steps;
    expect(step?.checks).toMatchObject([
      { id: 'red', keep: true, says: ['the first answers', undefined], misses: [undefined, 'Ask the second.'] },
    ]);
    expect(step?.checks[0]?.items.map((item) => item.kind)).toEqual(['ping', 'ping']);
  });
});

describe('blocks and steps', () => {
  test('a missing, wrong or doubled id is refused with the line to write', () => {
    expect(wrongWith('## One cable\n\n## Two {#Two Cables}\n\n## Three {#a}\n\n## Four {#a}\n')).toMatchInlineSnapshot(`
      "lesson.mdx:8:1: the step "One cable" has no id, and progress hangs on it: write \`## One cable {#one-cable}\`
      lesson.mdx:10:1: "Two Cables" is no id: small letters, digits and single "-", like {#two-cables}
      lesson.mdx:14:1: the id {#a} stands twice in this lesson"
    `);
    const twice = '```check red\nping: { node: a, to: 1.1.1.1 }\n```\n';
    expect(wrongWith(`## A {#a}\n\n${twice}\n${twice}`)).toMatchInlineSnapshot(
      `"lesson.mdx:14:1: check red: this id stands twice in this lesson"`,
    );
  });

  test('a language that nearly acts is a slip, any other is text', () => {
    expect(
      wrongWith('## A {#a}\n\n```chekc red\n```\n\n```yaml\na: 1\n```\n\n```console\n$ ls\n```\n'),
    ).toMatchInlineSnapshot(`"lesson.mdx:10:1: "chekc" does nothing: did you mean \`\`\`check?"`);
    expect(wrongWith('## A {#a}\n\n```sh\nip link\n```\n\n```solution\nls\n```\n')).toMatchInlineSnapshot(`
      "lesson.mdx:10:1: a command block names the node it runs on, \`\`\`sh k8s-m; for text that nobody runs write \`\`\`text
      lesson.mdx:14:1: a solution names the node it is typed on: \`\`\`solution k8s-m"
    `);
    expect(
      wrongWith('```sh k8s-m\nls\n```\n\n## A {#a}\n\n- so:\n  ```check x\n  ping: {}\n  ```\n'),
    ).toMatchInlineSnapshot(`
      "lesson.mdx:8:1: a sh block belongs to a step: put it below a \`## Heading {#id}\`
      lesson.mdx:15:3: a check block stands by itself: move it out of the list"
    `);
  });

  test('a longer fence holds fences', () => {
    const [step] = read('## A {#a}\n\n````hint\nWrite\n```sh k8s-m\nls {x} <NODE>\n```\n````\n').steps;
    expect(step?.hints).toEqual(['Write\n```sh k8s-m\nls {x} <NODE>\n```']);
  });

  test('quizzes: an answer is among the options, several answers make it a choice of many', () => {
    const quiz = (body: string) => `## A {#a}\n\n\`\`\`quiz q\n${body}\n\`\`\`\n`;
    expect(wrongWith(quiz('question: Up?\noptions: [yes it is, no]\nanswer: maybe'))).toMatchInlineSnapshot(
      `"lesson.mdx:13:1: quiz q: answer: "maybe" is not one of the options"`,
    );
    const [step] = read(quiz('question: Which?\noptions: [a, b, c]\nanswer: [a, b]')).steps;
    expect(step?.quizzes).toEqual([
      { id: 'q', question: 'Which?', options: ['a', 'b', 'c'], answers: ['a', 'b'], many: true },
    ]);
  });
});

describe('prose', () => {
  test('<NODE>, a < b, comments and code need no care', () => {
    const text =
      'Go to <NODE> or <pod-ip>, if 1 < 2 and a<b. `{x}` <!-- {not} read\n\nat all --> is fine.\n\n```json\n{"a": "<Callout"}\n```\n';
    expect(wrongWith(`${text}\n## A {#a}\n\nPress <kbd>x</kbd>.\n`)).toBe('');
  });

  test('programs are refused where they stand', () => {
    const text = "import x from 'y'\n\nTwo is {1 + 1}.\n\n<Callout kind={evil}>x</Callout>\n\nexport const a = 1\n";
    expect(wrongWith(text)).toMatchInlineSnapshot(`
      "lesson.mdx:8:1: a lesson is data: \`import\` is refused; begin the sentence with another word if it is prose
      lesson.mdx:10:8: \`{1 + 1}\` would be run as a program, and a lesson is data: write it in backticks, or \`\\{\`
      lesson.mdx:12:15: \`{evil}\` would be run as a program, and a lesson is data: write it in backticks, or \`\\{\`
      lesson.mdx:14:1: a lesson is data: \`export\` is refused; begin the sentence with another word if it is prose"
    `);
  });

  test('nothing is run even where a fence is not what it seems', () => {
    expect(wrongWith('- ```\n{process.exit()}\n\n<script>x</script>\n\n```\n')).toMatchInlineSnapshot(`
      "lesson.mdx:9:1: a lesson is data: this would be run as a program. Is a fence above it closed?
      lesson.mdx:11:1: <script>: this is no component of lessons"
    `);
    expect(wrongWith('> ~~~\n\nimport "node:fs"\n\n![x][y]\n\n[y]: https://x.org/z.png\n')).toMatchInlineSnapshot(`
      "lesson.mdx:10:1: a lesson is data: this would be run as a program. Is a fence above it closed?
      lesson.mdx:12:1: write the picture in place: ![what it shows](bridge.svg)"
    `);
    expect(wrongWith('## A {#a}\n\n```hint\n{process.exit()}\n```\n')).toMatchInlineSnapshot(
      `"lesson.mdx:11:1: \`{process.exit()}\` would be run as a program, and a lesson is data: write it in backticks, or \`\\{\`"`,
    );
  });

  test('components: only known ones, with known properties', () => {
    const text =
      '<Calout>a</Calout>\n\n<Callout kind="tipp" color="red">b</Callout>\n\n<Figure src="x.svg" />\n\n<script>x</script>\n\n<Widget />\n';
    expect(wrongWith(text)).toMatchInlineSnapshot(`
      "lesson.mdx:8:1: unknown component <Calout>: did you mean "Callout"?
      lesson.mdx:10:1: <Callout>: kind="tipp": did you mean "tip"?
      lesson.mdx:10:1: <Callout>: unknown property "color": there is kind, title
      lesson.mdx:12:1: <Figure>: the property alt="…" is missing
      lesson.mdx:14:1: <script> is refused: a lesson runs no programs
      lesson.mdx:16:1: unknown component <Widget>: there is Callout, Figure, Topology"
    `);
    expect(wrongWith('<Callout>\nno end\n')).toMatchInlineSnapshot(
      `"lesson.mdx:8:1: Expected a closing tag for \`<Callout>\`"`,
    );
  });

  test('links and pictures lead to safe places', () => {
    expect(
      wrongWith('[a](javascript:alert(1)) [b](https://x.org) ![c](https://x.org/y.png) <https://x.org>\n'),
    ).toMatchInlineSnapshot(`
      "lesson.mdx:8:1: "javascript:alert(1)" is no link of a lesson: https://…, another lesson or #step is wanted
      lesson.mdx:8:45: "https://x.org/y.png" is no picture of this lesson: a file beside it is wanted, like bridge.svg
      lesson.mdx:8:71: write the link as [text](https://x.org)"
    `);
  });
});

test('front matter is strict, and its absence is told', () => {
  expect(wrongWith('', FRONT.replace('minutes: 5', 'minuts: 5'))).toMatchInlineSnapshot(`
    "lesson.mdx:2:1: minutes: is missing
    lesson.mdx:4:1: minuts: unknown key "minuts"; did you mean "minutes"?"
  `);
  expect(wrongWith('Hello.\n', '')).toMatchInlineSnapshot(
    `"lesson.mdx:1:1: a lesson begins with front matter: \`---\`, title, summary, minutes, topology, objectives, \`---\`"`,
  );
});
