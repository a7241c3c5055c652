import { expect, test } from 'vitest';
import { statementsOf } from './bird-statements.ts';

test('says the same of one session in the words of BIRD 1.6 and of BIRD 2', () => {
  const old = statementsOf(`
protocol bgp Node_10_0_0_1 from bgp_template {
  ttl security off;
  multihop;
  neighbor 10.0.0.1 as 65000;
  import filter { accept; };  # all
  export filter {
    calico_export_to_bgp_peers(true);
    reject;
  };
  password "x";
}`);
  const today = statementsOf(`
protocol bgp Node_10_0_0_1 from bgp_template {
  multihop;
  neighbor 10.0.0.1 as 65000;
  authentication md5;
  password "x";
  ipv4 {
    import filter { accept; };
    export filter { calico_export_to_bgp_peers(true); reject; };
  };
}`);
  expect(today).toEqual(old);
});

test('tells one condition from another', () => {
  const one = statementsOf('function f ()\n{\n if ( net ~ 10.0.0.0/8 ) then { reject; }\n}\n');
  const other = statementsOf('function f() {\n  if net ~ 10.0.0.0/9 then reject;\n}\n');
  expect([...one.keys()]).toEqual([...other.keys()]);
  expect(one).not.toEqual(other);
});

test('does not read a block that never ends', () => {
  expect(() => statementsOf('protocol static {\n  route 10.0.0.0/8 blackhole;\n')).toThrow(/does not end/);
});
